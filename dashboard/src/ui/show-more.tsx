import { Button } from "./button.tsx";
import styles from "./show-more.module.css";

interface ShowMoreProps {
  /** A list that is loaded page by page. */
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<unknown>;
  };
  label: string;
}

/** The button that loads the next page of a list. */
export function ShowMore({ list, label }: ShowMoreProps) {
  if (!list.hasNextPage) return null;
  return (
    <div className={styles.more}>
      <Button small busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {label}
      </Button>
    </div>
  );
}
