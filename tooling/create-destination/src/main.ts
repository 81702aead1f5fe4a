/**
 * `pnpm create-destination <name>`: a new destination, with an emulator that its client passes the conformance suite
 * against.
 */
import { join, relative } from 'node:path'
import { createDestination } from './create-destination.ts'

const DESTINATIONS = join(import.meta.dirname, '..', '..', '..', 'packages', 'core', 'src', 'destinations')

const [name] = process.argv.slice(2)
if (name === undefined) {
  console.error('Usage: pnpm create-destination <name>, such as acme-cloud')
  process.exit(2)
}
try {
  const created = relative(process.cwd(), await createDestination(DESTINATIONS, name))
  console.log(`Created ${created}. Its client passes the conformance suite against its emulator:`)
  console.log(`  npx -y pnpm@12 exec vitest run ${created}`)
  console.log('Its section of docs/destinations.md is written by:')
  console.log('  npx -y pnpm@12 --filter @keyferry/core destinations-page')
  console.log(
    'Now make the emulator behave as the provider does, then the client. docs/architecture.md says what each file is.',
  )
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
