export { appRouter, createCaller, createCallerFactory, type AppRouter } from './router.ts'
export { buildApp } from './app.ts'
