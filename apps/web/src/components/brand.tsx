import type { ReactNode } from 'react'
import { words } from './words.ts'

/** The mark: a ferry that carries a key. */
export const Brand = () => (
  <span className="inline-flex items-center gap-2 text-lg font-semibold tracking-tight">
    <svg aria-hidden viewBox="0 0 32 32" className="size-6">
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <path d="M7 19h18l-3.2 6H10.2L7 19Z" className="fill-on-accent" />
      <circle cx="13" cy="11" r="4" fill="none" strokeWidth="2.4" className="stroke-on-accent" />
      <path
        d="M17 11h8v4"
        fill="none"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-on-accent"
      />
    </svg>
    {words.brand.keyferry}
  </span>
)

/** A form alone on a page: first run, sign-in. */
export const Alone = ({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) => (
  <main className="mx-auto grid min-h-dvh w-full max-w-md content-center gap-6 px-4 py-10 outline-none">
    <Brand />
    <div className="grid gap-1.5">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="text-base text-pretty text-soft">{text}</p>
    </div>
    {children}
  </main>
)
