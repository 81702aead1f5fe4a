export { appRouter, createCaller, createCallerFactory, type AppRouter } from './router.ts'
