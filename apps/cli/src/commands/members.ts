import type { KeyferryClient, Outputs } from '@keyferry/client'
import type { Command } from 'commander'
import { named, openProject, report, withProject, type Cli, type JsonOption, type PlaceOptions } from '../cli.ts'
import { usageFailure } from '../failure.ts'
import { printList, withListing, type Columns, type ListOptions } from '../terminal/listing.ts'
import { scopesOf, scopeText, withRole, type RoleOptions } from '../arguments/scopes.ts'
import { confirm } from '../terminal/terminal.ts'

type Options = PlaceOptions & JsonOption
type Member = Outputs['members']['list'][number]

const COLUMNS: Columns<Member> = {
  name: ({ name }) => name,
  email: ({ email }) => email,
  kind: ({ kind }) => (kind === 'user' ? 'person' : 'machine'),
  role: ({ role }) => role,
  scope: ({ scopes }) => scopeText(scopes),
}

export function addMembers(program: Command, cli: Cli): void {
  const members = program.command('members').description('The people and machines of a project')

  withListing(withProject(members.command('list')), COLUMNS)
    .description('The people and machines of a project')
    .action(async (options: Options & ListOptions) => {
      const { client, project } = await openProject(cli, options)
      const rows = await client.members.list.query({ projectId: project.id })
      printList(cli.terminal, rows, { columns: COLUMNS, none: 'No members.', ...options })
    })

  withRole(withProject(members.command('add')))
    .description('Make a person a member, or invite them; with --machine, a machine')
    .argument('<email or machine>', 'an address; with --machine, its name or id')
    .option('--machine', 'it is a machine')
    .action((who: string, options: AddOptions) => add(cli, who, options))

  withRole(withProject(members.command('update')))
    .description('Change the role of a member, or what it is limited to')
    .argument('<member>', 'email address, name or id')
    .option('--whole-project', 'it is no longer limited')
    .action((who: string, options: Options & RoleOptions & { wholeProject?: boolean }) => update(cli, who, options))

  withProject(members.command('remove'))
    .description('Remove a member')
    .argument('<member>', 'email address, name or id')
    .option('-y, --yes', 'do not ask')
    .action((who: string, options: Options & { yes?: boolean }) => remove(cli, who, options))
}

type AddOptions = Options & RoleOptions & { machine?: boolean }

async function add(cli: Cli, who: string, { machine, role, scope, ...options }: AddOptions): Promise<void> {
  if (role === undefined) throw usageFailure('No role', 'Pass --role with viewer, developer or admin.')
  const { client, project } = await openProject(cli, options)
  const granted = { projectId: project.id, role, scopes: scopesOf(scope) }
  if (machine) {
    const { id: identityId, name } = named(await client.identities.list.query(), who, 'machine')
    const member = await client.members.addIdentity.mutate({ ...granted, identityId })
    return report(cli, options, member, `${name} is a ${role} of ${project.name}.`)
  }
  const invited = await client.members.invite.mutate({ ...granted, email: who })
  if (options.json) return cli.terminal.json(invited)
  if (invited.member !== null) return cli.terminal.note(`${who} is a ${role} of ${project.name}.`)
  // The result: the invited person signs up with it.
  if (invited.link !== null) cli.terminal.line(invited.link)
  cli.terminal.note(invited.mailed ? `Invited ${who} by email.` : `Invited ${who}: hand them the link.`)
}

async function update(
  cli: Cli,
  who: string,
  { role, scope, wholeProject, ...options }: Options & RoleOptions & { wholeProject?: boolean },
): Promise<void> {
  const { client, member } = await openMember(cli, who, options)
  const scopes = wholeProject ? null : (scopesOf(scope) ?? undefined)
  const { projectId, id: memberId } = member
  const changed = await client.members.update.mutate({ projectId, memberId, role, scopes })
  report(cli, options, changed, `${changed.name} is a ${changed.role}, for ${scopeText(changed.scopes)}.`)
}

async function remove(cli: Cli, who: string, { yes, ...options }: Options & { yes?: boolean }): Promise<void> {
  const { client, member } = await openMember(cli, who, options)
  const { projectId, id: memberId, name } = member
  await confirm(cli.terminal, yes, `Remove ${name} from the project?`)
  report(cli, options, await client.members.remove.mutate({ projectId, memberId }), `Removed ${name}.`)
}

async function openMember(
  cli: Cli,
  who: string,
  options: Options,
): Promise<{ client: KeyferryClient; member: Member }> {
  const { client, project } = await openProject(cli, options)
  const members = await client.members.list.query({ projectId: project.id })
  return { client, member: members.find(({ email }) => email === who) ?? named(members, who, 'member') }
}
