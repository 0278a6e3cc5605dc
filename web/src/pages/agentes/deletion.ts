import type { AgentSummary } from '../../../generated/api';
import { deleteAgent, undeleteAgent } from '../../agents_api';
import { toast } from '../../components/toast';
import { words } from '../../i18n/i18n';
import { problemOf } from '../problem_of';

/** Deletes at once, and offers to take it back. `changed` is called after either. */
export async function deleteWithUndo(agent: AgentSummary, changed: () => void): Promise<void> {
  await deleteAgent(agent.id);
  changed();
  const undo = async () => {
    try {
      const back = await undeleteAgent(agent.id);
      toast({ text: words.value.agentes.restored(back.name) });
    } catch (error) {
      toast({ text: `${words.value.agentes.actionFailed}. ${problemOf(error).detail}` });
    }
    changed();
  };
  toast({
    text: words.value.agentes.removed(agent.name),
    action: { label: words.value.agentes.undo, run: () => void undo() },
  });
}
