/** What a person enters of a provider's access, and what stays of it when something else changes. */
import type { ProviderTest } from "../../api/types.ts";

export interface Access {
  baseUrl: string;
  apiKey: string;
  /** Empty for one that the service lists. */
  model: string;
}

/**
 * The access with a part of it changed, after `test` of what it was. A model that was chosen from the list of one address
 * does not go with another: there it begins again with `start`.
 */
export function changedAccess(
  access: Access,
  part: Partial<Access>,
  test: ProviderTest | null,
  start: Access,
): Access {
  const isOfList = test?.models.includes(access.model) === true;
  const isMoved = part.baseUrl !== undefined && part.baseUrl.trim() !== access.baseUrl.trim();
  const model = isOfList && isMoved ? start.model : access.model;
  return { ...access, model, ...part };
}
