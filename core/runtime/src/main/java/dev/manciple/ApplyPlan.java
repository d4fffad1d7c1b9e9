package dev.manciple;

import dev.manciple.model.Definition;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.ViewChanges;
import java.util.List;

/**
 * What an apply will do.
 *
 * @param before the snapshot the plan was made against; an apply onto another is a conflict
 * @param diff for people: what is created, updated and deleted, in Feast's order of kinds
 * @param notes what the offline store says people should know
 * @param moves views whose definition sends them to another online store than the one that has their rows; a plan with moves is
 *     not applied
 */
public record ApplyPlan(
        RegistrySnapshot before,
        List<Difference> diff,
        List<RegistryChange> changes,
        ViewChanges views,
        List<InfraChange> infrastructure,
        List<String> notes,
        List<Move> moves) {

    /** One definition that differs. */
    public record Difference(Action action, Definition.Kind kind, String name, List<Property> properties) {}

    /** One property of an updated definition, as text. */
    public record Property(String name, String before, String after) {}

    /** A view that would have to be moved first; the stores by name, the way to a store inside a router as {@code outer/inner}. */
    public record Move(String view, String from, String to) {
        /** Why an apply refuses it, and what to do. */
        public String refusal() {
            String store = to.substring(to.lastIndexOf('/') + 1);
            return "Feature view '%s' has its rows in online store '%s', but its tags say '%s', where there are none. Run 'manciple move %s --to %s' first, then apply; or change its tags back."
                    .formatted(view, from, to, view, store);
        }
    }

    /** What happens to a definition. */
    public enum Action {
        CREATED,
        UPDATED,
        DELETED
    }

    /** Whether a definition goes, or rows that are served: a view that is no longer online loses its table. */
    public boolean deletesAnything() {
        return diff.stream().anyMatch(difference -> difference.action() == Action.DELETED)
                || infrastructure.stream().anyMatch(change -> change.action() == InfraChange.Action.DROP);
    }
}
