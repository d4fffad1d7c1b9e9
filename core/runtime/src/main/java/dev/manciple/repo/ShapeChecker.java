package dev.manciple.repo;

import dev.manciple.plugin.Durations;
import dev.manciple.plugin.NearestName;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks pieces of YAML against their shapes.
 *
 * @param subject what every problem is said of, such as {@code feature view 'driver_stats'}; may be blank
 */
record ShapeChecker(String subject, Problems problems) {

    /**
     * Whether {@code node} has the shape; if not, every reason is noted.
     *
     * @param path the keys that lead here, such as {@code schema[1].dtype}; blank at the top
     */
    boolean fits(String path, Shape shape, YamlNode node) {
        int before = problems.count();
        check(path, shape, node);
        return problems.count() == before;
    }

    void problem(Position at, String path, String text) {
        String where = subject.isEmpty() || path.isEmpty() ? subject + path : subject + ", " + path;
        problems.add(at, where.isEmpty() ? text : where + ": " + text);
    }

    private void check(String path, Shape shape, YamlNode node) {
        switch (shape) {
            case Shape.Plain plain -> plain(path, plain, node);
            case Shape.Word word -> word(path, word, node);
            case Shape.ListOf list -> list(path, list, node);
            case Shape.MapOf map -> map(path, map, node);
            case Shape.Block block -> block(path, block, node);
            case Shape.OpenBlock open -> {
                if (!(node instanceof YamlNode.Mapping)) {
                    wrong(path, "a mapping", node);
                }
            }
            case Shape.Either either -> either(path, either, node);
            case Shape.Variants variants -> variants(path, variants, node);
        }
    }

    private void wrong(String path, String expected, YamlNode node) {
        String hint = expected.equals(Shape.Plain.TEXT.words())
                        && node instanceof YamlNode.Scalar scalar
                        && scalar.value() != null
                ? ": put it in quotes"
                : "";
        problem(node.at(), path, "must be %s, was %s%s".formatted(expected, node.described(), hint));
    }

    private void plain(String path, Shape.Plain shape, YamlNode node) {
        if (shape == Shape.Plain.ANYTHING) {
            return;
        }
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.value() == null) {
            wrong(path, shape.words(), node);
            return;
        }
        switch (shape) {
            case TEXT -> expect(scalar.value() instanceof String, path, shape, scalar);
            case FLAG -> expect(Scalars.isFlag(scalar), path, shape, scalar);
            case WHOLE -> expect(Scalars.isWhole(scalar), path, shape, scalar);
            case NUMBER -> expect(Scalars.isNumber(scalar), path, shape, scalar);
            case DURATION -> expect(isDuration(scalar.text()), path, shape, scalar);
            case VALUE_TYPE -> valueType(path, scalar);
            case LABEL, ANYTHING -> {}
        }
    }

    private void expect(boolean met, String path, Shape.Plain shape, YamlNode node) {
        if (!met) {
            wrong(path, shape.words(), node);
        }
    }

    private static boolean isDuration(String text) {
        try {
            return !Durations.parse(text).isNegative();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void valueType(String path, YamlNode.Scalar scalar) {
        try {
            ValueTypes.parse(scalar.text());
        } catch (IllegalArgumentException e) {
            problem(scalar.at(), path, String.valueOf(e.getMessage()));
        }
    }

    private void word(String path, Shape.Word shape, YamlNode node) {
        if (!(node instanceof YamlNode.Scalar scalar)
                || !shape.words().contains(scalar.text().toLowerCase(Locale.ROOT))) {
            wrong(path, "one of " + String.join(", ", shape.words()), node);
        }
    }

    private void list(String path, Shape.ListOf shape, YamlNode node) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            wrong(path, "a list", node);
            return;
        }
        for (int i = 0; i < sequence.elements().size(); i++) {
            check(
                    "%s[%d]".formatted(path, i),
                    shape.element(),
                    sequence.elements().get(i));
        }
    }

    private void map(String path, Shape.MapOf shape, YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            wrong(path, "a mapping", node);
            return;
        }
        mapping.entries().forEach((key, entry) -> check(path + "." + key, shape.value(), entry.value()));
    }

    private void block(String path, Shape.Block shape, YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            wrong(path, "a mapping", node);
            return;
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        Map<Shape.Key, String> seen = new HashMap<>();
        mapping.entries().forEach((spelling, entry) -> {
            Shape.Key key = shape.key(spelling).orElse(null);
            if (key == null) {
                problem(entry.at(), prefix + spelling, "unknown key" + hint(spelling, shape.spellings()));
                return;
            }
            String other = seen.putIfAbsent(key, spelling);
            if (other != null) {
                problem(entry.at(), prefix + spelling, "means the same as '%s': write one of them".formatted(other));
            } else if (key.required() || !entry.value().isNull()) {
                check(prefix + spelling, key.shape(), entry.value());
            }
        });
        for (Shape.Key key : shape.keys().get()) {
            if (key.required() && !seen.containsKey(key)) {
                problem(mapping.at(), prefix + key.name(), "is required");
            }
        }
    }

    static String hint(String unknown, List<String> known) {
        String hint = NearestName.hint(unknown, known);
        return hint.isEmpty() ? ", known are " + String.join(", ", known) : hint;
    }

    private void either(String path, Shape.Either shape, YamlNode node) {
        for (Shape option : shape.shapes()) {
            if (hasOuterForm(option, node)) {
                check(path, option, node);
                return;
            }
        }
        List<String> forms = shape.shapes().stream().map(ShapeChecker::form).toList();
        wrong(path, String.join(" or ", forms), node);
    }

    private static boolean hasOuterForm(Shape shape, YamlNode node) {
        return switch (shape) {
            case Shape.Plain plain -> plain == Shape.Plain.ANYTHING || node instanceof YamlNode.Scalar;
            case Shape.Word word -> node instanceof YamlNode.Scalar;
            case Shape.ListOf list -> node instanceof YamlNode.Sequence;
            case Shape.MapOf map -> node instanceof YamlNode.Mapping;
            case Shape.Block block -> node instanceof YamlNode.Mapping;
            case Shape.OpenBlock open -> node instanceof YamlNode.Mapping;
            case Shape.Variants variants -> node instanceof YamlNode.Mapping;
            case Shape.Either either -> either.shapes().stream().anyMatch(option -> hasOuterForm(option, node));
        };
    }

    private static String form(Shape shape) {
        return switch (shape) {
            case Shape.Plain plain -> plain.words();
            case Shape.Word word -> "one of " + String.join(", ", word.words());
            case Shape.ListOf list -> "a list";
            case Shape.MapOf map -> "a mapping";
            case Shape.Block block -> "a mapping";
            case Shape.OpenBlock open -> "a mapping";
            case Shape.Variants variants -> "a mapping";
            case Shape.Either either ->
                String.join(
                        " or ", either.shapes().stream().map(ShapeChecker::form).toList());
        };
    }

    private void variants(String path, Shape.Variants shape, YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            wrong(path, "a mapping", node);
            return;
        }
        shape.chooser()
                .choose(mapping, (at, text) -> problem(at, path, text))
                .ifPresent(chosen -> check(path, chosen, mapping));
    }
}
