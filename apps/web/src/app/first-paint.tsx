import { Brand } from '../components/brand.tsx'
import { wasSignedIn } from '../lib/session/signed-in.ts'
import { PendingPage } from './route-states.tsx'

/** The empty frame of the pages behind the sign-in, until it is known who is signed in. */
export function FirstPaint() {
  if (!wasSignedIn()) return null
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="hidden h-dvh border-r border-line bg-surface p-3 md:block">
        <div className="px-1.5 pt-1">
          <Brand />
        </div>
      </div>
      <div className="min-w-0">
        <div className="h-13 border-b border-line bg-surface" />
        <div className="px-4 py-6 md:px-8">
          <PendingPage />
        </div>
      </div>
    </div>
  )
}
