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
 */
public record ApplyPlan(
        RegistrySnapshot before,
        List<Difference> diff,
        List<RegistryChange> changes,
        ViewChanges views,
        List<InfraChange> infrastructure,
        List<String> notes) {

    /** One definition that differs. */
    public record Difference(Action action, Definition.Kind kind, String name, List<Property> properties) {}

    /** One property of an updated definition, as text. */
    public record Property(String name, String before, String after) {}

    /** What happens to a definition. */
    public enum Action {
        CREATED,
        UPDATED,
        DELETED
    }

    public boolean deletesAnything() {
        return diff.stream().anyMatch(difference -> difference.action() == Action.DELETED);
    }
}
