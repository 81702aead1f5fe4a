/** Least first. Apart from the schemas, so that who only asks the policy loads no schema. */
export const ROLES = ['viewer', 'developer', 'admin'] as const
export type Role = (typeof ROLES)[number]
