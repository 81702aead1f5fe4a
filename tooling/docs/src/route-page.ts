import { restRoutes } from '@keyferry/api/routes'
import { escaped } from './escaped.ts'

/** Every route of the REST API by its tag, as Markdown. */
export function routePage(): string {
  const byTag = Object.groupBy(restRoutes, ({ meta }) => meta.tag)
  const sections = Object.entries(byTag)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([tag, routes = []]) => {
      const rows = routes.map(({ route, meta }) => `| \`${route.method} ${route.path}\` | ${escaped(meta.summary)} |`)
      return `## ${tag}\n\n| | |\n|---|---|\n${rows.join('\n')}\n`
    })
  return `# Routes\n\nEvery route of the [REST API](api.md). An instance shows their fields and answers at \`/api/docs\`.\n\n${sections.join('\n')}`
}
