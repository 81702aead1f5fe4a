/** What a team believes of its folder and of the two places that its sync may point at. For tests only. */

export const POLICIES = ['mirror', 'owned', 'none'] as const

export interface Model {
  own: Map<string, string>
  shared: Map<string, string>
  imported: boolean
  neighbour: Map<string, string>
  policy: (typeof POLICIES)[number]
  prefix: string
  /** The place that the sync points at. The neighbour's points at the first. */
  place: 0 | 1
  excluded: Set<string>
  isPaused: boolean
  /** Keys of others, by place; true once a mirror that covers them may have taken them. */
  foreign: [Map<string, boolean>, Map<string, boolean>]
  /** Places that the sync has left. */
  left: Set<0 | 1>
  /** Those of them where what it wrote may stay, because the policy was `none` at some time after. */
  abandoned: Set<0 | 1>
}

export const NEIGHBOURS = 'B_'
export const reference = (to: string): string => `<\${dev.shared.${to}}>`
const MISSING = /<\$\{dev\.shared\.(S\d)\}>/

/** Which shared secret a value refers to. */
export const referredBy = (text: string): string | undefined => MISSING.exec(text)?.[1]

/** After each step: what a mirror may take from now on, and where something may stay. */
export function note(model: Model): void {
  if (model.policy === 'none') for (const place of model.left) model.abandoned.add(place)
  const foreign = model.foreign[model.place]
  if (model.policy === 'mirror')
    for (const name of foreign.keys()) if (name.startsWith(model.prefix)) foreign.set(name, true)
}

/** The folder's map as a person would work it out; a value still holds `${` when its reference leads nowhere. */
function resolved({ own, shared, imported }: Model): Map<string, string> {
  const visible = new Map([...(imported ? shared : []), ...own])
  return new Map(
    [...visible].map(([name, text]) => [
      name,
      text.replace(MISSING, (all, to: string) => (shared.has(to) ? `<${shared.get(to)}>` : all)),
    ]),
  )
}

/** Everything at a place that the model does not explain. */
export function unexplained(contents: ReadonlyMap<string, string>, model: Model, place: 0 | 1): string[] {
  const wrong: string[] = []
  const isTarget = place === model.place
  const mayStay = model.abandoned.has(place) || (isTarget && model.policy === 'none')
  const managed = new Map([
    ...(isTarget ? [...resolved(model)].map(([name, text]) => [model.prefix + name, text] as const) : []),
    ...(place === 0 ? [...model.neighbour].map(([name, text]) => [NEIGHBOURS + name, text] as const) : []),
  ])
  for (const [name, text] of managed)
    if (contents.get(name) !== text) wrong.push(`${name} is ${contents.get(name)}, not ${text}`)
  for (const name of contents.keys()) {
    if (managed.has(name) || model.foreign[place].has(name)) continue
    if (!mayStay || name.startsWith(NEIGHBOURS)) wrong.push(`${name} is left over`)
  }
  for (const [name, mayBeGone] of model.foreign[place]) {
    const mustBeGone = isTarget && model.policy === 'mirror' && name.startsWith(model.prefix)
    if (mustBeGone && contents.has(name)) wrong.push(`${name} was not taken by the mirror`)
    if (!mayBeGone && contents.get(name) !== 'theirs') wrong.push(`${name} was touched`)
  }
  return wrong
}
