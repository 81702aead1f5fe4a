import { Failure } from '../components/failure.tsx'
import { reloadPage } from '../lib/code.ts'

/** What is left when everything else failed. */
export const Broken = () => (
  <main className="mx-auto max-w-2xl p-4 md:p-8">
    <Failure
      what="The console stopped"
      error={new Error('Something in this page failed. Reload it to go on.')}
      retry={reloadPage}
    />
  </main>
)
