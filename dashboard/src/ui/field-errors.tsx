/** Puts an error of the gateway that is about a field of a form at that field. */
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from "react";
import { ApiError, describe } from "../api/client.ts";

interface Scope {
  /** The field that an error is about, with what is wrong. */
  wrong: { field: string; message: string } | null;
  /** Says that the form has a field; gives the way to take that back. */
  register: (field: string) => () => void;
}

const FieldErrorContext = createContext<Scope | null>(null);

/** The field that an error of the gateway is about, by the name that the API gives it. */
export function fieldOf(error: unknown): string | null {
  if (!(error instanceof ApiError)) return null;
  const { field } = (error.details ?? {}) as { field?: unknown };
  return typeof field === "string" ? field : null;
}

interface FieldErrorsProps {
  error: unknown;
  /** The form. It is given the error if none of its fields shows it, and else null. */
  children: (rest: unknown) => ReactNode;
}

/** A form, or a part of one with calls of its own. */
export function FieldErrors({ error, children }: FieldErrorsProps) {
  const outer = use(FieldErrorContext);
  const [fields, setFields] = useState<readonly string[]>([]);
  const outerRegister = outer?.register;
  const register = useCallback(
    (field: string) => {
      setFields((known) => [...known, field]);
      const unregister = outerRegister?.(field);
      return () => {
        setFields((known) => known.toSpliced(known.indexOf(field), 1));
        unregister?.();
      };
    },
    [outerRegister],
  );
  const field = fieldOf(error);
  const isShown = field !== null && fields.includes(field);
  const message = isShown ? describe(error).message : "";
  const outerWrong = outer?.wrong ?? null;
  const scope = useMemo(
    () => ({ register, wrong: isShown ? { field, message } : outerWrong }),
    [register, isShown, field, message, outerWrong],
  );
  return <FieldErrorContext value={scope}>{children(isShown ? null : error)}</FieldErrorContext>;
}

/** What is wrong with a field of the form around it. */
export function useFieldError(field: string | undefined): string | null {
  const scope = use(FieldErrorContext);
  const register = scope?.register;
  useEffect(() => (field === undefined ? undefined : register?.(field)), [field, register]);
  return field !== undefined && scope?.wrong?.field === field ? scope.wrong.message : null;
}
