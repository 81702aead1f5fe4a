/** Sees what a person at the screen does not: errors in the console, requests that fail, and where values turn up. */
import type { BrowserContext, Page } from 'playwright-core'

export interface BrowserMonitor {
  /** What went wrong since the last call, as sentences. */
  problems(): string[]
  /** The next refusal (4xx or 5xx) by an address that contains `part` is meant. */
  expectRefusal(part: string): void
  /**
   * Every refusal from here on by an address that contains `part` is as good as none: what a page asks for may be gone
   * meanwhile.
   */
  mayBeRefused(part: string): void
  /** Nothing that contains one of these may reach an address, the storage or a title. */
  keepSecret(...texts: string[]): void
  /** Looks through all addresses so far and the storage of every open page; the secret ones found, with where. */
  leaks(): Promise<string[]>
}

const STORED = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.title])'

export function monitorBrowser(context: BrowserContext): BrowserMonitor {
  const found: string[] = []
  const meant: string[] = []
  const perhaps: string[] = []
  const secrets = new Set<string>()
  const addresses = new Set<string>()

  const onPage = (page: Page): void => {
    page.on('pageerror', (error) => found.push(`the page threw: ${error.message}`))
    page.on('console', (message) => {
      // What could not be loaded is reported below, with its status.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return
      found.push(`console error: ${message.text()}`)
    })
    page.on('framenavigated', (frame) => addresses.add(frame.url()))
  }
  for (const page of context.pages()) onPage(page)
  context.on('page', onPage)
  context.on('request', (request) => addresses.add(request.url()))
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'no reason'
    // A page that is left gives up what it was waiting for.
    if (why !== 'net::ERR_ABORTED') found.push(`request failed: ${request.method()} ${request.url()}: ${why}`)
  })
  context.on('response', (response) => {
    const status = response.status()
    if (status < 400) return
    const index = meant.findIndex((part) => response.url().includes(part))
    if (index !== -1) meant.splice(index, 1)
    else if (!perhaps.some((part) => response.url().includes(part)))
      found.push(`answered ${status}: ${response.request().method()} ${response.url()}`)
  })

  return {
    problems: () => [
      ...found.splice(0),
      ...meant.splice(0).map((part) => `nothing was refused by ${part}, as was meant to happen`),
    ],
    expectRefusal: (part) => meant.push(part),
    mayBeRefused: (part) => perhaps.push(part),
    keepSecret: (...texts) => {
      for (const text of texts) secrets.add(text)
    },
    async leaks() {
      const stored = await Promise.all(context.pages().map((page) => page.evaluate<string>(STORED)))
      const places = [
        ...[...addresses].map((url) => ['an address', decodeURIComponent(url)]),
        ...stored.map((text) => ['the storage', text]),
      ]
      return [...secrets].flatMap((secret) =>
        places.filter(([, text]) => text?.includes(secret)).map(([where]) => `"${secret}" is in ${where}`),
      )
    },
  }
}

/** Whether a text stands anywhere in the document: as text, in an attribute, or typed into a field. */
export async function isInDocument(page: Page, text: string): Promise<boolean> {
  const typed = "[...document.querySelectorAll('input, textarea')].map((field) => field.value).join()"
  return (await page.evaluate<string>(`document.documentElement.outerHTML + ${typed}`)).includes(text)
}
