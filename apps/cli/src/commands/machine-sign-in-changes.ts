/** Which tokens of others a machine signs in with: of an OpenID provider, another issuer or a Kubernetes cluster. */
import type { Inputs, KeyferryClient } from '@keyferry/client'
import { updateJwtAuth, updateKubernetesAuth, updateOidcAuth } from '@keyferry/schemas'
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { connect, named, report, withJson, type Cli, type JsonOption } from '../cli.ts'
import { Failure } from '../failure.ts'
import { fileText } from '../file-text.ts'
import { fieldsOf, refuseUnknownFields } from '../arguments/fields.ts'
import { TOKENS_OF, type TokensOf } from '../session/machine-sign-in.ts'
import { confirm } from '../terminal/terminal.ts'

interface MethodOption extends JsonOption {
  method: TokensOf
}

type Fields = Record<string, unknown> & { identityId: string }

interface Way {
  fields: readonly string[]
  attach(client: KeyferryClient, fields: Fields): Promise<object>
  update(client: KeyferryClient, fields: Fields): Promise<object>
  get(client: KeyferryClient, identityId: string): Promise<object>
  detach(client: KeyferryClient, identityId: string): Promise<object>
}

const fieldsIn = ({ shape }: z.ZodObject): string[] => Object.keys(shape).filter((name) => name !== 'identityId')

/** The server checks the values. It drops fields that it does not know, and a bound among them would bind nothing. */
const WAYS: Readonly<Record<TokensOf, Way>> = {
  oidc: {
    fields: fieldsIn(updateOidcAuth),
    attach: (client, fields) => client.oidcAuth.attach.mutate(fields as Inputs['oidcAuth']['attach']),
    update: (client, fields) => client.oidcAuth.update.mutate(fields),
    get: (client, identityId) => client.oidcAuth.get.query({ identityId }),
    detach: (client, identityId) => client.oidcAuth.detach.mutate({ identityId }),
  },
  jwt: {
    fields: fieldsIn(updateJwtAuth),
    attach: (client, fields) => client.jwtAuth.attach.mutate(fields as Inputs['jwtAuth']['attach']),
    update: (client, fields) => client.jwtAuth.update.mutate(fields),
    get: (client, identityId) => client.jwtAuth.get.query({ identityId }),
    detach: (client, identityId) => client.jwtAuth.detach.mutate({ identityId }),
  },
  kubernetes: {
    fields: fieldsIn(updateKubernetesAuth),
    attach: (client, fields) => client.kubernetesAuth.attach.mutate(fields),
    update: (client, fields) => client.kubernetesAuth.update.mutate(fields),
    get: (client, identityId) => client.kubernetesAuth.get.query({ identityId }),
    detach: (client, identityId) => client.kubernetesAuth.detach.mutate({ identityId }),
  },
}

const withMethod = (command: Command): Command =>
  withJson(command).addOption(new Option('--method <method>', 'whose tokens').choices(TOKENS_OF).makeOptionMandatory())

export function addMachineSignIn(machines: Command, cli: Cli): void {
  withMethod(machines.command('sign-in'))
    .description('With which tokens of others a machine signs in')
    .argument('<machine>', 'name or id')
    .action(async (machine: string, { method, json }: MethodOption) => {
      const { client, identityId } = await openMachine(cli, machine)
      const set = await WAYS[method].get(client, identityId)
      if (json) return cli.terminal.json(set)
      const shown = Object.entries(set).filter(([, value]) => value !== '' && value !== null)
      cli.terminal.table(
        ['FIELD', 'VALUE'],
        shown.map(([field, value]) => [field, textOf(value)]),
      )
    })

  withMethod(machines.command('set-sign-in'))
    .description('Let a machine sign in with tokens of others, or change with which; what is not named stays as it is')
    .argument('<machine>', 'name or id')
    .argument('[field...]', 'name=text or name:=JSON, such as boundSubject=repo:acme/shop:*')
    .option('--fields <file>', 'more fields as JSON, such as a tokenReviewerJwt; - is stdin')
    .action((machine: string, fields: string[], options: SetOptions) => set(cli, machine, fields, options))

  withMethod(machines.command('remove-sign-in'))
    .description('End sign-in with tokens of others, and revoke the access tokens issued for them')
    .argument('<machine>', 'name or id')
    .option('-y, --yes', 'do not ask')
    .action(async (machine: string, { method, yes, ...options }: MethodOption & { yes?: boolean }) => {
      const { client, identityId, name } = await openMachine(cli, machine)
      await confirm(cli.terminal, yes, `End sign-in of ${name} by ${method}? What uses it stops working.`)
      const removed = await WAYS[method].detach(client, identityId)
      report(cli, options, removed, `${name} no longer signs in by ${method}.`)
    })
}

type SetOptions = MethodOption & { fields?: string }

async function set(
  cli: Cli,
  machine: string,
  assignments: readonly string[],
  { method, fields: file, ...options }: SetOptions,
): Promise<void> {
  const fields = { ...fieldsOf(assignments), ...(file === undefined ? {} : await readFields(cli, file)) }
  refuseUnknownFields(fields, WAYS[method].fields)
  const { client, identityId, name, authMethods } = await openMachine(cli, machine)
  const change = authMethods.includes(`${method}-auth`) ? WAYS[method].update : WAYS[method].attach
  const set = await change(client, { ...fields, identityId })
  if (options.json) return cli.terminal.json(set)
  cli.terminal.note(`${name} signs in by ${method}: keyferry login --identity ${identityId} --method ${method}.`)
}

const object = z.record(z.string(), z.unknown())

async function readFields({ terminal }: Cli, file: string): Promise<Record<string, unknown>> {
  const text = file === '-' ? await terminal.input() : await fileText(file)
  try {
    return object.parse(JSON.parse(text))
  } catch {
    throw new Failure('The fields are not a JSON object', 'They look like {"boundSubject": "…"}.')
  }
}

async function openMachine(cli: Cli, nameOrId: string) {
  const client = await connect(cli)
  const { id: identityId, name, authMethods } = named(await client.identities.list.query(), nameOrId, 'machine')
  return { client, identityId, name, authMethods }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
