export { createEndpointClient } from '../adapters/models/endpointClient.ts';
export { createOpenAiClient, listModels } from '../adapters/models/openai.ts';
