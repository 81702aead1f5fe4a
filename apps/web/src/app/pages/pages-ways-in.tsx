/** The pages for people who are not signed in yet. */
import { getRouteApi } from '@tanstack/react-router'
import { InvitationPage } from '../../features/invitation/invitation-page.tsx'
import { ForgotPasswordPage } from '../../features/sign-in/forgot-password-page.tsx'
import { ResetPasswordPage } from '../../features/sign-in/reset-password-page.tsx'
import { SecondFactorPage } from '../../features/sign-in/second-factor-page.tsx'
import { SignInLinkPage } from '../../features/sign-in/sign-in-link-page.tsx'
import { SignInPage } from '../../features/sign-in/sign-in-page.tsx'

const signIn = getRouteApi('/sign-in')
const secondFactor = getRouteApi('/sign-in/second-factor')
const link = getRouteApi('/sign-in/link')
const reset = getRouteApi('/reset-password')
const invitation = getRouteApi('/accept-invitation')

export function SignIn() {
  const { next, error } = signIn.useSearch()
  return <SignInPage next={next} error={error} />
}
export const SecondFactor = () => <SecondFactorPage next={secondFactor.useSearch().next} />
export const SignInLink = () => <SignInLinkPage token={link.useSearch().token} />
export const ForgotPassword = ForgotPasswordPage
export const ResetPassword = () => <ResetPasswordPage token={reset.useSearch().token} />
export const AcceptInvitation = () => <InvitationPage token={invitation.useSearch().token} />
