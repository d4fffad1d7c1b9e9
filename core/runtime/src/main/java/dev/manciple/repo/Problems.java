package dev.manciple.repo;

import dev.manciple.error.ConfigException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What is wrong with the files of a repository, collected so that all of it is told at once. Not thread-safe. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    private record Problem(Position at, String text) {}

    void add(Position at, String text) {
        found.add(new Problem(at, text));
    }

    int count() {
        return found.size();
    }

    /** Says what is wrong with one file. */
    void throwForFile(String file) {
        throwIfAny(
                file,
                inOrder()
                        .map(problem -> problem.at().line() == 0
                                ? problem.text()
                                : "line %d: %s".formatted(problem.at().line(), problem.text()))
                        .toList());
    }

    /** Says of many files what is wrong where. */
    void throwWithPlaces(String where) {
        throwIfAny(
                where,
                inOrder().map(problem -> problem.at() + ": " + problem.text()).toList());
    }

    private Stream<Problem> inOrder() {
        return found.stream().sorted(Comparator.comparing(Problem::at));
    }

    private static void throwIfAny(String where, List<String> texts) {
        if (!texts.isEmpty()) {
            throw new ConfigException(where, texts.stream().distinct().toList());
        }
    }
}
