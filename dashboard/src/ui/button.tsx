import type { ComponentProps } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";

interface Look {
  look?: "primary" | "plain" | "quiet" | "danger";
  small?: boolean;
  icon?: IconName;
  busy?: boolean;
}

export function Button({
  look = "plain",
  small = false,
  icon,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ComponentProps<"button"> & Look) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(styles.button, styles[look], small && styles.small, className)}
      aria-busy={busy || undefined}
      disabled={disabled === true || busy}
    >
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </button>
  );
}

/** A button that shows only an icon; its label is for the tooltip and for screen readers. */
export function IconButton({
  icon,
  label,
  look = "quiet",
  small = false,
  className,
  ...rest
}: Omit<ComponentProps<"button">, "children"> &
  Omit<Look, "busy" | "icon"> & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={classNames(
        styles.button,
        styles.iconOnly,
        styles[look],
        small && styles.small,
        className,
      )}
    >
      <Icon name={icon} size={small ? 16 : 20} />
    </button>
  );
}
