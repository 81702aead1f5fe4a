import { z } from 'zod'

/**
 * A path as Infisical's API takes it: slashes at its ends are taken off. Without `.` and `..`, which would lead to
 * another path of Vault's API.
 */
export const pathText = (label: string) =>
  z
    .string()
    .trim()
    .overwrite((text) => text.replaceAll(/^\/+|\/+$/g, ''))
    .min(1, `${label} must not be empty`)
    .max(128, `${label} must be at most 128 characters`)
    .regex(
      /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
      `${label} may have letters, digits, dots, dashes, _ and slashes only`,
    )
    .refine((text) => !/(^|\/)\.\.?(\/|$)/.test(text), `${label} must not contain . or .. as a part`)
