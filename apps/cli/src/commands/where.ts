import type { KeyferryClient, Outputs } from '@keyferry/client'
import type { DeliveryState } from '@keyferry/schemas'
import { deliveryProofText, deliveryStateText, revocationReasonText } from '@keyferry/schemas/delivery-words'
import type { Command } from 'commander'
import { openPlace, withPlace, type Cli, type JsonOption, type Place, type PlaceOptions } from '../cli.ts'
import { EXIT } from '../failure.ts'
import { lookUntil, seconds } from '../follow.ts'

type Delivery = Outputs['delivery']['secret']
type Options = PlaceOptions & JsonOption & { wait?: boolean; timeout: number }

export function addWhere(program: Command, cli: Cli): void {
  withPlace(program.command('where'))
    .description('Where the newest value of a secret has arrived; exit code 0 when the one before can be revoked')
    .argument('<secret>')
    .option('--wait', 'wait until every destination has it, or needs a person')
    .option('--timeout <seconds>', 'how long to wait', seconds, 600)
    .action((key: string, options: Options) => where(cli, key, options))
}

/** States that end without a person. */
const PASSING: readonly DeliveryState[] = ['pending', 'failed', 'unknown']

const isUnderWay = ({ destinations }: Delivery): boolean => destinations.some(({ state }) => PASSING.includes(state))

async function where(cli: Cli, key: string, { wait = false, timeout, ...options }: Options): Promise<void> {
  const { terminal } = cli
  const { client, place } = await openPlace(cli, options)
  const delivery = await read(client, place, key)
  const last = wait && isUnderWay(delivery) ? await waited(cli, client, place, delivery, timeout * 1000) : delivery
  if (options.json) terminal.json(last)
  else print(terminal, last)
  cli.exitWith(codeOf(last))
}

const read = (client: KeyferryClient, place: Place, key: string): Promise<Delivery> =>
  client.delivery.secret.query({ ...place, key })

/** The receipt once nothing is under way, or as it is when the time is over. */
async function waited(
  { terminal }: Cli,
  client: KeyferryClient,
  place: Place,
  first: Delivery,
  limitMs: number,
): Promise<Delivery> {
  let last = first
  await lookUntil(client, {
    projectId: place.projectId,
    limitMs,
    concerns: () => true,
    async look() {
      last = await read(client, place, first.secret.key)
      terminal.progress(`${last.secret.key}: ${last.destinations.filter(has).length} of ${last.destinations.length}`)
      return !isUnderWay(last)
    },
  })
  terminal.progress('')
  return last
}

const has = ({ state }: Delivery['destinations'][number]): boolean => state === 'delivered'

function codeOf({ isDelivered, revocation }: Delivery): number {
  if (!isDelivered) return EXIT.changes
  return revocation === null || revocation.isSafe ? EXIT.done : EXIT.approval
}

function print(terminal: Cli['terminal'], { secret, version, destinations, revocation, ...more }: Delivery): void {
  terminal.line(`${secret.key} version ${version}, ${secret.environment}:${secret.secretPath}`)
  if (destinations.length === 0) terminal.line('No sync sends it.')
  else {
    const rows = destinations.map(({ syncName, destination, target, key, state, reason, deliveredAt, proof }) => [
      syncName,
      `${destination} (${target})`,
      key ?? '',
      `${deliveryStateText(state)}${reason === null ? '' : `: ${reason}`}`.replaceAll(/\s+/g, ' '),
      deliveredAt ?? 'never',
      proof === null ? '' : deliveryProofText(proof),
    ])
    terminal.table(['SYNC', 'TARGET', 'KEY', 'STATE', 'WRITTEN', 'PROOF'], rows)
  }
  if (more.hasHiddenDestinations) terminal.line('Syncs that you can’t see read this folder too.')
  if (revocation === null) return
  if (revocation.isSafe) return terminal.line('The old value can be revoked.', 'green')
  terminal.line('The old value can’t be revoked yet:', 'yellow')
  for (const reason of revocation.reasons) terminal.line(`  ! ${revocationReasonText(reason)}`, 'yellow')
}
