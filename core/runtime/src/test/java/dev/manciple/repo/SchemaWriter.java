package dev.manciple.repo;

import dev.manciple.repo.DefinitionShapes.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the JSON Schemas of the files of a repository from the shapes the loader checks with. After a shape changes, run the
 * test of the published schemas with {@code -Dmanciple.schemas.write=true}.
 */
final class SchemaWriter {
    static final Path RESOURCES = Path.of("src/main/resources/dev/manciple/repo");
    private static final String CONFIGURATION = "feature_store.schema.json";
    static final Path DOCS = Path.of("../../docs/schema");

    /** The published schemas by file name. */
    static final Map<String, String> ALL =
            Map.of(CONFIGURATION, featureStore(), "definitions.schema.json", definitions());

    /** A value of an environment variable may be anything. */
    private static final String VARIABLE = "\\$";

    private final Map<String, Object> defs = new LinkedHashMap<>();
    private final Set<String> started = new TreeSet<>();

    private SchemaWriter() {}

    static void write() throws IOException {
        for (Map.Entry<String, String> schema : ALL.entrySet()) {
            for (Path file : files(schema.getKey())) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, schema.getValue());
            }
        }
    }

    /** Where a schema is kept. That of the configuration is published with the keys of every store, by the module of the docs. */
    static List<Path> files(String name) {
        return name.equals(CONFIGURATION)
                ? List.of(RESOURCES.resolve(name))
                : List.of(RESOURCES.resolve(name), DOCS.resolve(name));
    }

    private static String featureStore() {
        SchemaWriter writer = new SchemaWriter();
        Map<String, Object> top = new LinkedHashMap<>(header(
                "feature_store.schema.json", "feature_store.yaml", "The configuration of a feature repository."));
        top.putAll(writer.object(RepoConfigReader.FILE, "#"));
        top.put("$defs", writer.defs);
        return text(top);
    }

    private static String definitions() {
        SchemaWriter writer = new SchemaWriter();
        Map<String, Object> top = new LinkedHashMap<>(header(
                "definitions.schema.json",
                "Feature definitions",
                "A document holds lists of definitions, or one definition."));
        top.put("if", Map.of("type", "array"));
        top.put("then", map("items", ref("definition")));
        top.put(
                "else",
                map(
                        "if", anyOf(map("required", List.of("name")), map("required", List.of("kind"))),
                        "then", ref("definition"),
                        "else", ref("lists")));
        Map<String, Object> lists = new LinkedHashMap<>();
        List<Object> kinds = new ArrayList<>();
        for (Part part : Part.values()) {
            lists.put(part.list, nullable(map("type", "array", "items", writer.of(part.shape()))));
            kinds.add(writer.document(part));
        }
        Object oneKindAlone = map(
                "description",
                "Without 'kind', the keys must belong to one kind only.",
                "allOf",
                List.of(
                        map("not", map("propertyNames", map("enum", keysOfEveryKind()))),
                        map(
                                "oneOf",
                                Arrays.stream(Part.values())
                                        .map(SchemaWriter::seenFrom)
                                        .toList())));
        writer.defs.put("lists", map("type", "object", "properties", lists, "additionalProperties", false));
        writer.defs.put(
                "definition",
                map("anyOf", kinds, "if", map("not", map("required", List.of("kind"))), "then", oneKindAlone));
        top.put("$defs", writer.defs);
        return text(top);
    }

    /** What a name may have beside it in a definition of any kind. */
    private static List<String> keysOfEveryKind() {
        return Part.ENTITIES.spellings().stream()
                .filter(key -> Arrays.stream(Part.values())
                        .allMatch(part -> part.spellings().contains(key)))
                .toList();
    }

    /** The keys a document must and may have to be taken for a kind it does not name. */
    private static Map<String, Object> seenFrom(Part part) {
        List<Object> present = new ArrayList<>();
        switch (part) {
            case ENTITIES -> required(DefinitionShapes.ENTITY, present);
            case FEATURE_SERVICES -> required(DefinitionShapes.FEATURE_SERVICE, present);
            case PERMISSIONS -> required(DefinitionShapes.PERMISSION, present);
            case FEATURE_VIEWS -> present.add(anyRequired("source", "batch_source", "stream_source"));
            case ON_DEMAND_FEATURE_VIEWS -> {
                required(DefinitionShapes.ON_DEMAND_FEATURE_VIEW, present);
                present.add(anyRequired("sources", "input_schema"));
            }
            case DATA_SOURCES -> present.add(ref(DefinitionShapes.DATA_SOURCE.name()));
        }
        return map("propertyNames", map("enum", part.spellings()), "allOf", present);
    }

    private static void required(Shape.Block block, List<Object> rules) {
        block.keys().get().stream()
                .filter(Shape.Key::required)
                .forEach(key -> rules.add(anyRequired(key.spellings().toArray(String[]::new))));
    }

    private static Map<String, Object> anyRequired(String... keys) {
        return anyOf(
                Arrays.stream(keys).map(key -> map("required", List.of(key))).toArray());
    }

    /** A definition that stands alone may say its kind. */
    private Object document(Part part) {
        Object kind = map("description", "What this defines: " + part.word, "type", "string");
        if (part.shape() instanceof Shape.Block block) {
            of(block);
            Map<String, Object> properties = map("kind", kind);
            block.spellings().forEach(key -> properties.put(key, pointer("#/$defs/" + block.name(), key)));
            Map<String, Object> document = map("type", "object", "properties", properties);
            rules(block).ifPresent(rules -> document.put("allOf", rules));
            document.put("additionalProperties", false);
            return document;
        }
        return of(part.shape());
    }

    private static Map<String, Object> header(String file, String title, String description) {
        return map(
                "$schema",
                "https://json-schema.org/draft/2020-12/schema",
                "$id",
                "urn:manciple:" + file,
                "title",
                title,
                "description",
                description);
    }

    private Object of(Shape shape) {
        return switch (shape) {
            case Shape.Plain plain -> plain(plain);
            case Shape.Word word -> word(word.words());
            case Shape.ListOf list -> map("type", "array", "items", of(list.element()));
            case Shape.MapOf map -> map("type", "object", "additionalProperties", of(map.value()));
            case Shape.Block block -> block(block);
            case Shape.OpenBlock open -> map("type", "object");
            case Shape.Either either ->
                map("anyOf", either.shapes().stream().map(this::of).toList());
            case Shape.Variants variants -> variants(variants);
        };
    }

    private static Object plain(Shape.Plain shape) {
        return switch (shape) {
            case TEXT -> map("type", "string");
            case LABEL -> map("type", List.of("string", "number", "boolean"));
            case FLAG -> anyOf(map("type", "boolean"), pattern(VARIABLE + "|^([Tt]rue|[Ff]alse)$"));
            case WHOLE -> anyOf(map("type", "integer"), pattern(VARIABLE + "|^-?[0-9]+$"));
            case NUMBER -> anyOf(map("type", "number"), pattern(VARIABLE + "|^-?[0-9.]+$"));
            case DURATION ->
                anyOf(
                        map("type", "number", "minimum", 0),
                        map("type", "string", "pattern", "^[Pp0-9]", "examples", List.of("7d", "12h", "90s", "PT12H")));
            case VALUE_TYPE ->
                anyOf(
                        map("enum", ValueTypes.simpleNames()),
                        map("type", "string", "examples", List.of("Array(Float32)", "Set(String)", "INT64_LIST")));
            case ANYTHING -> true;
        };
    }

    private static Object word(List<String> words) {
        String anyCase = words.stream()
                .map(word -> word.chars()
                        .mapToObj(letter -> "[%s%s]"
                                .formatted(
                                        Character.toString(letter),
                                        Character.toString(letter).toUpperCase(Locale.ROOT)))
                        .collect(Collectors.joining()))
                .collect(Collectors.joining("|", "^(", ")$"));
        return anyOf(map("enum", words), pattern(anyCase));
    }

    private Object block(Shape.Block block) {
        if (started.add(block.name())) {
            defs.put(block.name(), object(block, "#/$defs/" + block.name()));
        }
        return ref(block.name());
    }

    /** @param place where in the schema the block stands */
    private Map<String, Object> object(Shape.Block block, String place) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Shape.Key key : block.keys().get()) {
            Object value = key.required() ? of(key.shape()) : nullable(of(key.shape()));
            properties.put(key.name(), described(key.about(), value));
            key.spellings().stream().skip(1).forEach(spelling -> properties.put(spelling, pointer(place, key.name())));
        }
        Map<String, Object> object = map("type", "object", "properties", properties);
        rules(block).ifPresent(rules -> object.put("allOf", rules));
        object.put("additionalProperties", false);
        return object;
    }

    /** Which keys there must be, and which not together. */
    private static Optional<List<Object>> rules(Shape.Block block) {
        List<Object> rules = new ArrayList<>();
        for (Shape.Key key : block.keys().get()) {
            if (key.required()) {
                rules.add(anyOf(key.spellings().stream()
                        .map(spelling -> map("required", List.of(spelling)))
                        .toArray()));
            }
            rules.addAll(atMostOne(key.spellings()));
        }
        return rules.isEmpty() ? Optional.empty() : Optional.of(rules);
    }

    private static Map<String, Object> pointer(String place, String key) {
        return map("$ref", "%s/properties/%s".formatted(place, key));
    }

    private static List<Object> atMostOne(List<String> spellings) {
        return IntStream.range(0, spellings.size())
                .boxed()
                .flatMap(i -> spellings.subList(i + 1, spellings.size()).stream()
                        .<Object>map(other -> map("not", map("required", List.of(spellings.get(i), other)))))
                .toList();
    }

    private static Object described(String about, Object value) {
        return value instanceof Map<?, ?> schema && !schema.containsKey("$ref")
                ? with(map("description", about), schema)
                : map("description", about, "allOf", List.of(value));
    }

    private static Map<String, Object> with(Map<String, Object> first, Map<?, ?> rest) {
        rest.forEach((key, value) -> first.put(String.valueOf(key), value));
        return first;
    }

    private Object variants(Shape.Variants shape) {
        if (started.add(shape.name())) {
            List<Shape.Variant> variants = shape.chooser().variants();
            List<Object> blocks =
                    variants.stream().map(variant -> of(variant.shape())).toList();
            List<Object> rules = new ArrayList<>();
            for (int i = 0; i < variants.size(); i++) {
                if (!variants.get(i).types().isEmpty()) {
                    rules.add(map("if", hasType(variants.get(i).types()), "then", blocks.get(i)));
                }
            }
            rules.add(map("if", map("not", map("required", List.of("type"))), "then", map("anyOf", blocks)));
            defs.put(shape.name(), map("type", "object", "allOf", rules));
        }
        return ref(shape.name());
    }

    /** Feast's classes may come with their Python package. */
    private static Object hasType(List<String> types) {
        String any = types.stream().collect(Collectors.joining("|", "^(.*\\.)?(", ")$"));
        return map("properties", map("type", pattern(any)), "required", List.of("type"));
    }

    private static Map<String, Object> pattern(String regex) {
        return map("type", "string", "pattern", regex);
    }

    private static Object nullable(Object schema) {
        return schema.equals(true) ? schema : anyOf(schema, map("type", "null"));
    }

    private static Map<String, Object> anyOf(Object... schemas) {
        return map("anyOf", Arrays.asList(schemas));
    }

    private static Map<String, Object> ref(String name) {
        return map("$ref", "#/$defs/" + name);
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return map;
    }

    private static String text(Map<String, Object> schema) {
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(schema)
                        .replace("\r\n", "\n")
                + "\n";
    }
}
