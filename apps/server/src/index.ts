export { startKeyferry, type Running } from './start.ts'
