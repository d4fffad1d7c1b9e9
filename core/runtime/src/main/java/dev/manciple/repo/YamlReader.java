package dev.manciple.repo;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML 1.1, as the reader of Feast does, aliases and merge keys included, and keeps the line of everything. Dates stay
 * text. Environment variables are replaced in values after parsing, so that what a variable holds is never YAML; a value that
 * holds one is text.
 */
final class YamlReader {
    private static final Set<Tag> CONSTRUCTED = Set.of(Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT);

    private final String file;
    private final Environment environment;
    private final Problems problems;
    private final Values values = new Values();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    private YamlReader(String file, Environment environment, Problems problems) {
        this.file = file;
        this.environment = environment;
        this.problems = problems;
    }

    /** The documents of a file; empty ones are left out. Of a malformed file, those before the fault. */
    static List<YamlNode> read(String file, String text, Environment environment, Problems problems) {
        YamlReader reader = new YamlReader(file, environment, problems);
        List<YamlNode> documents = new ArrayList<>();
        try {
            for (Node node : yaml().composeAll(new StringReader(text))) {
                YamlNode document = reader.node(node);
                if (!document.isNull()) {
                    documents.add(document);
                }
            }
        } catch (MarkedYAMLException e) {
            Position at = reader.position(e.getProblemMark());
            problems.add(at, "not valid YAML: " + e.getProblem());
        } catch (YAMLException e) {
            problems.add(new Position(file, 0), "not valid YAML: " + e.getMessage());
        }
        return documents;
    }

    /** Files of a repository are their owner's and may be long. */
    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        return new Yaml(options);
    }

    private Position position(@Nullable Mark mark) {
        return new Position(file, mark == null ? 0 : mark.getLine() + 1);
    }

    private YamlNode node(Node node) {
        Position at = position(node.getStartMark());
        if (!open.add(node)) {
            problems.add(at, "the alias refers to what it is part of");
            return new YamlNode.Scalar(at, null, "");
        }
        try {
            return switch (node) {
                case ScalarNode scalar -> scalar(at, scalar);
                case SequenceNode sequence ->
                    new YamlNode.Sequence(
                            at, sequence.getValue().stream().map(this::node).toList());
                case MappingNode mapping -> new YamlNode.Mapping(at, entries(mapping));
                default -> throw new YAMLException("unexpected " + node.getNodeId());
            };
        } finally {
            open.remove(node);
        }
    }

    private YamlNode.Scalar scalar(Position at, ScalarNode node) {
        String text = node.getValue();
        if (Environment.appearsIn(text)) {
            String expanded = environment.expand(
                    text, name -> problems.add(at, "the environment variable %s is not set".formatted(name)));
            return new YamlNode.Scalar(at, expanded, expanded);
        }
        Object value = CONSTRUCTED.contains(node.getTag()) ? values.of(node) : text;
        return new YamlNode.Scalar(at, value, text);
    }

    private Map<String, YamlNode.Entry> entries(MappingNode mapping) {
        Map<String, YamlNode.Entry> merged = new LinkedHashMap<>();
        Map<String, YamlNode.Entry> own = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Position at = position(tuple.getKeyNode().getStartMark());
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merge(node(tuple.getValueNode()), merged);
            } else if (tuple.getKeyNode() instanceof ScalarNode key) {
                YamlNode.Entry before =
                        own.putIfAbsent(key.getValue(), new YamlNode.Entry(at, node(tuple.getValueNode())));
                if (before != null) {
                    problems.add(
                            at,
                            "the key '%s' stands here a second time, first on line %d"
                                    .formatted(key.getValue(), before.at().line()));
                }
            } else {
                problems.add(at, "a key must be text");
            }
        }
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(own);
        merged.forEach(entries::putIfAbsent);
        return Collections.unmodifiableMap(entries);
    }

    private void merge(YamlNode from, Map<String, YamlNode.Entry> into) {
        switch (from) {
            case YamlNode.Mapping mapping -> mapping.entries().forEach(into::putIfAbsent);
            case YamlNode.Sequence sequence -> sequence.elements().forEach(element -> merge(element, into));
            case YamlNode.Scalar scalar -> problems.add(scalar.at(), "'<<' needs a mapping");
        }
    }

    /** Lends the library's reading of numbers, booleans and nulls. */
    private static final class Values extends SafeConstructor {
        Values() {
            super(new LoaderOptions());
        }

        @Nullable
        Object of(ScalarNode node) {
            return constructObject(node);
        }
    }
}
