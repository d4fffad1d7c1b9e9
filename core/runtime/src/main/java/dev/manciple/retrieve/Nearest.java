package dev.manciple.retrieve;

import dev.manciple.plugin.NearestName;
import java.util.Collection;

/** What to say beside a name that is unknown. */
final class Nearest {
    private Nearest() {}

    /** A sentence that helps: the one name that is near, else all of them, else that there are none. */
    static String hint(String name, Collection<String> known) {
        return NearestName.of(name, known)
                .map("Did you mean '%s'?"::formatted)
                .orElseGet(() -> known.isEmpty() ? "There are none." : "Known: " + String.join(", ", known));
    }
}
