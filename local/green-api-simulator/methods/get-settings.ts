import { json } from '../answers.ts';
import { ownChatId } from '../people.ts';
import { lookUp, NO_FIELDS } from './look-up.ts';

/** The settings of the instance, as a new one has them; `wid` is its own number (GREEN-API docs, getSettings [C]). */
export const getSettings = lookUp({
  name: 'getSettings',
  verb: 'GET',
  callsPerSecond: 1,
  asksWhatsApp: false,
  asked: NO_FIELDS,
  answer: ({ account }) =>
    json({
      wid: ownChatId(account.instance),
      countryInstance: '',
      typeAccount: '',
      webhookUrl: '',
      webhookUrlToken: '',
      delaySendMessagesMilliseconds: 500,
      markIncomingMessagesReaded: 'no',
      markIncomingMessagesReadedOnReply: 'no',
      sharedSession: 'no',
      outgoingWebhook: 'no',
      outgoingMessageWebhook: 'no',
      outgoingAPIMessageWebhook: 'no',
      incomingWebhook: 'no',
      deviceWebhook: 'no',
      statusInstanceWebhook: 'no',
      stateWebhook: 'no',
      enableMessagesHistory: 'no',
      keepOnlineStatus: 'no',
      pollMessageWebhook: 'no',
      incomingCallWebhook: 'no',
    }),
});
