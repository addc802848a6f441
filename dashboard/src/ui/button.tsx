import type { ComponentProps } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";

interface ButtonStyle {
  variant?: "primary" | "plain" | "quiet" | "danger";
  small?: boolean;
  icon?: IconName;
  busy?: boolean;
}

export function Button({
  variant = "plain",
  small = false,
  icon,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ComponentProps<"button"> & ButtonStyle) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(styles.button, styles[variant], small && styles.small, className)}
      aria-busy={busy || undefined}
      disabled={disabled === true || busy}
    >
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </button>
  );
}

/** A button that shows only an icon. The label is for the tooltip and for screen readers. */
export function IconButton({
  icon,
  label,
  variant = "quiet",
  small = false,
  className,
  ...rest
}: Omit<ComponentProps<"button">, "children"> &
  Omit<ButtonStyle, "busy" | "icon"> & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={classNames(
        styles.button,
        styles.iconOnly,
        styles[variant],
        small && styles.small,
        className,
      )}
    >
      <Icon name={icon} size={small ? 16 : 20} />
    </button>
  );
}
