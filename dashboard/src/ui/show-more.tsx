import { Button } from "./button.tsx";
import styles from "./show-more.module.css";

interface ShowMoreProps {
  /** A list that is read in pages. */
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<unknown>;
  };
  label: string;
}

/** The end of a list that goes on. */
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
