/** The people who take part in a session, and letting others in. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Participant, Session, UserAccount } from "../../api/types.ts";
import { useCan } from "../../entities/user/auth.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { ErrorText, Loading } from "../../ui/notice.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./share-session.module.css";
import { sharing as t } from "../../messages/en/sharing.ts";

/** People that a search shows. More are found by typing on. */
const MOST_FOUND = 6;
/** The largest page that the gateway returns. */
const PAGE_SIZE = 200;

type Role = Participant["role"];

const ROLES = ["member", "viewer"] as const satisfies Role[];

export function SharePeople({ session }: { session: Session }) {
  const queries = useQueryClient();
  const seesUsers = useCan("ViewUsers");
  const [failure, setFailure] = useState<unknown>(null);
  const path = { id: session.id };
  const key = ["participants", session.id];
  const participants = useQuery({
    queryKey: key,
    queryFn: () => call(api.GET("/api/sessions/{id}/participants", { params: { path } })),
    select: ({ items }) => items.filter(({ kind }) => kind === "user"),
  });
  const names = useUsers("", PAGE_SIZE, seesUsers).data ?? [];
  const there = participants.data ?? [];

  const change = async (act: () => Promise<unknown>) => {
    setFailure(null);
    try {
      await act();
    } catch (error) {
      setFailure(error);
    }
    await queries.invalidateQueries({ queryKey: key });
  };
  const share = (userId: string, role: Role) =>
    void change(() =>
      call(
        api.POST("/api/sessions/{id}/participants", { params: { path }, body: { userId, role } }),
      ),
    );
  const remove = (userId: string) =>
    void change(() =>
      call(
        api.DELETE("/api/sessions/{id}/participants/{userId}", {
          params: { path: { ...path, userId } },
        }),
      ),
    );

  return (
    <section className={styles.people} aria-label={t.people}>
      <h3>{t.people}</h3>
      <p className={styles.about}>{t.peopleAbout}</p>
      {participants.isPending && <Loading lines={2} />}
      <ul role="list" aria-label={t.people}>
        {there.map(({ id, role }) => (
          <Person
            key={id}
            name={names.find((user) => user.id === id)?.name ?? id}
            role={role}
            onRole={(next) => share(id, next)}
            onRemove={() => remove(id)}
          />
        ))}
      </ul>
      {seesUsers && <AddPeople there={there} onAdd={(userId) => share(userId, "member")} />}
      {(failure ?? participants.error) !== null && (
        <ErrorText error={failure ?? participants.error} />
      )}
    </section>
  );
}

function useUsers(search: string, limit: number, wanted: boolean) {
  return useQuery({
    queryKey: ["users", "to-share-with", search, limit],
    queryFn: ({ signal }) => {
      const query = { limit, status: "active" as const, ...(search !== "" && { q: search }) };
      return call(api.GET("/api/admin/users", { params: { query }, signal }));
    },
    select: ({ items }) => items,
    placeholderData: keepPreviousData,
    enabled: wanted,
  });
}

interface PersonProps {
  name: string;
  role: Role;
  onRole: (role: Role) => void;
  onRemove: () => void;
}

function Person({ name, role, onRole, onRemove }: PersonProps) {
  return (
    <li>
      <span className={styles.name} dir="auto">
        <VisibleText text={name} />
      </span>
      {role === "owner" ? (
        <span className={styles.about}>{t.roles.owner}</span>
      ) : (
        <>
          <select
            aria-label={t.roleOf(name)}
            value={role}
            onChange={({ target }) => onRole(target.value as Role)}
          >
            {ROLES.map((value) => (
              <option key={value} value={value}>
                {t.roles[value]}
              </option>
            ))}
          </select>
          <IconButton small icon="close" label={t.remove(name)} onClick={onRemove} />
        </>
      )}
    </li>
  );
}

interface AddPeopleProps {
  there: Participant[];
  onAdd: (userId: string) => void;
}

function AddPeople({ there, onAdd }: AddPeopleProps) {
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim());
  // Those who take part already are left out below.
  const { data: users = [] } = useUsers(search, MOST_FOUND + there.length, search !== "");
  const isThere = ({ id }: UserAccount) => there.some((participant) => participant.id === id);
  const found = search === "" ? [] : users.filter((user) => !isThere(user)).slice(0, MOST_FOUND);
  return (
    <>
      <SearchBox label={t.findPeople} value={text} onText={setText} />
      <ul role="list" aria-label={t.found}>
        {found.map(({ id, name, email }) => (
          <li key={id}>
            <span className={styles.name} dir="auto">
              <VisibleText text={name} /> <span className={styles.about}>{email}</span>
            </span>
            <Button
              small
              aria-label={t.addPerson(name)}
              onClick={() => {
                setText("");
                onAdd(id);
              }}
            >
              {t.add}
            </Button>
          </li>
        ))}
      </ul>
      {search !== "" && found.length === 0 && (
        <p role="status" className={styles.about}>
          {t.nobody}
        </p>
      )}
    </>
  );
}
