export {
  AZURITE_WANTED,
  type Azurite,
  hasAzurite,
  openAzurite,
} from '../../handlers/azure/sandbox/azurite.ts';
