import { Failure } from '../components/failure.tsx'
import { reloadPage } from '../lib/loading/code.ts'
import { words } from './words.ts'

/** What is left when everything else failed. */
export const Broken = () => (
  <main className="mx-auto max-w-2xl p-4 md:p-8">
    <Failure what={words.broken.failed} error={new Error(words.broken.text)} retry={reloadPage} />
  </main>
)
