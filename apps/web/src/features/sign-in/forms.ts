/** What the forms of people who are not signed in are checked by. */
import { zodResolver } from '@hookform/resolvers/zod'
import { newAccount, password } from '@keyferry/schemas'
import { z } from 'zod'
import { words } from './words.ts'

export const credentials = zodResolver(
  z.object({
    email: z.email(words.signInPage.emailMissing),
    password: z.string().min(1, words.signInPage.passwordMissing),
  }),
)
export const secondFactor = zodResolver(
  z.object({ code: z.string().trim().min(1, words.secondFactorPage.codeMissing) }),
)
export const forgotPassword = zodResolver(z.object({ email: z.email(words.forgotPasswordPage.emailMissing) }))
export const resetPassword = zodResolver(z.object({ password }))
export const invitation = zodResolver(newAccount)
