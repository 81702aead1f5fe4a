import type { Place, Project } from './model.ts'

const CREATED = '2026-01-05T09:00:00.000Z'

const ENVIRONMENTS = [
  { slug: 'dev', title: 'Development', type: 'DEVELOPMENT' },
  { slug: 'stg', title: 'Staging', type: 'STAGING' },
  { slug: 'preview', title: 'Preview', type: 'PREVIEW' },
  { slug: 'prod', title: 'Production', type: 'PRODUCTION' },
] as const

/** Two projects of one organization, each with all four environments, all empty. */
export const seededProjects = (): [Project, Project] => [
  project(1, 'proj_abcdefghijklmnopqrst', 'Billing jobs'),
  project(2, 'proj_tsrqponmlkjihgfedcba', 'Newsletter'),
]

function project(number: number, ref: string, name: string): Project {
  const places = ENVIRONMENTS.map(({ slug, title, type }): Place => ({
    id: `env_${number}_${slug}`,
    slug,
    title,
    type,
    variables: new Map(),
    parent: null,
    branches: new Map(),
    apiKey: `tr_${slug}_${String(number).repeat(24)}`,
  }))
  return {
    id: `internal_${number}`,
    ref,
    name,
    slug: name.toLowerCase().replace(' ', '-'),
    createdAt: CREATED,
    organization: { id: 'org_1', title: 'Acme', slug: 'acme-1a2b', createdAt: CREATED },
    places: new Map(places.map((place) => [place.slug, place])),
  }
}
