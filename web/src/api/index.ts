export { api, ask, type Schemas } from './client'
export { serverNow } from './clock'
export { Intention } from './intention'
export { failed, ok, type ErrorCode, type Result, type Trouble, type TroubleCode } from './result'
