package dev.manciple.repo;

import dev.manciple.model.Definition;
import dev.manciple.model.Definition.Kind;
import dev.manciple.plugin.NearestName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The definitions found so far, by kind and name, with their places. Names of one kind may not differ by case only; all kinds of
 * views share one set of names, because feature references do not tell them apart.
 */
final class Catalog {
    private final Problems problems;
    private final Map<Name, Entry> entries = new LinkedHashMap<>();
    private final Set<Definition> refused = new HashSet<>();

    Catalog(Problems problems) {
        this.problems = problems;
    }

    private record Name(Kind space, String lowerCase) {
        static Name of(Kind kind, String name) {
            Kind space = kind == Kind.ON_DEMAND_FEATURE_VIEW ? Kind.FEATURE_VIEW : kind;
            return new Name(space, name.toLowerCase(Locale.ROOT));
        }
    }

    /** @param definition null where the definition is there but wrong, so that what refers to it is not blamed */
    private record Entry(Kind kind, String name, @Nullable Definition definition, Position at, boolean inside) {}

    /** A definition and where it stands. */
    record Placed(Definition definition, Position at) {}

    /** Adds what stands by itself; another of its name is a problem. */
    void add(Definition definition, Position at) {
        put(new Entry(definition.kind(), definition.name(), definition, at, false));
    }

    /** Adds what is written inside another definition; it may be repeated there, but not with another meaning. */
    void addInside(Definition definition, Position at) {
        put(new Entry(definition.kind(), definition.name(), definition, at, true));
    }

    /** Remembers the name of a definition that is wrong. */
    void addBroken(Kind kind, String name, Position at) {
        put(new Entry(kind, name, null, at, false));
    }

    private void put(Entry entry) {
        Entry before = entries.putIfAbsent(Name.of(entry.kind(), entry.name()), entry);
        if (before == null) {
            return;
        }
        boolean same = before.definition() != null && before.definition().equals(entry.definition());
        if ((before.inside() || entry.inside()) && (same || before.definition() == null)) {
            return;
        }
        if (entry.definition() != null && !refused.add(entry.definition()) && entry.inside()) {
            return;
        }
        String what = "%s '%s'".formatted(entry.kind().words(), entry.name());
        String other = "%s '%s' at %s".formatted(before.kind().words(), before.name(), before.at());
        String text = before.inside() || entry.inside()
                ? "%s differs from the %s: give one of them another name".formatted(what, other)
                : before.name().equals(entry.name())
                        ? "%s has the name of the %s: names must be unique".formatted(what, other)
                        : "%s differs from the %s by case only: names must be unique in any case"
                                .formatted(what, other);
        problems.add(entry.at(), text);
    }

    /** The definition of exactly this name; empty also where it is there but wrong. */
    Optional<Definition> find(Kind kind, String name) {
        return Optional.ofNullable(entries.get(Name.of(kind, name)))
                .filter(entry -> entry.name().equals(name))
                .map(Entry::definition);
    }

    /** Whether a name means something, right or wrong. */
    boolean knows(Kind kind, String name) {
        Entry entry = entries.get(Name.of(kind, name));
        return entry != null && entry.name().equals(name);
    }

    /** {@code , did you mean 'x'?}, or which names there are. */
    String hint(Kind kind, String unknown) {
        List<String> names = new ArrayList<>();
        entries.forEach((name, entry) -> {
            if (name.space() == Name.of(kind, unknown).space()) {
                names.add(entry.name());
            }
        });
        String hint = NearestName.hint(unknown, names);
        if (!hint.isEmpty()) {
            return hint;
        }
        return names.isEmpty() ? ", none is" : ", only " + String.join(", ", names);
    }

    /** Everything right, in the order found. */
    List<Placed> all() {
        List<Placed> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.definition() != null) {
                all.add(new Placed(entry.definition(), entry.at()));
            }
        }
        return all;
    }
}
