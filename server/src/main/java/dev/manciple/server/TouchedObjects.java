package dev.manciple.server;

import dev.manciple.server.auth.Resource;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The names of what a request touched, for one line of a log: few, short, and of no sign that ends a name. Thread-safe. */
final class TouchedObjects implements Consumer<Resource> {
    private static final int MOST = 100;
    private static final int LONGEST = 200;
    private static final String MORE = "...";

    /** A caller may name what nobody registered. */
    private static final Pattern OTHER = Pattern.compile("[^\\p{L}\\p{N}_.:/@+-]");

    private final Set<String> names = new LinkedHashSet<>();
    private boolean more;

    @Override
    public synchronized void accept(Resource resource) {
        if (names.size() < MOST) {
            names.add(shown(resource.toString()));
        } else {
            more = true;
        }
    }

    private static String shown(String name) {
        String cut = name.length() > LONGEST ? name.substring(0, LONGEST) + MORE : name;
        return OTHER.matcher(cut).replaceAll("?");
    }

    /** Separated by blanks. */
    @Override
    public synchronized String toString() {
        String all = String.join(" ", names);
        return more ? all + " " + MORE : all;
    }
}
