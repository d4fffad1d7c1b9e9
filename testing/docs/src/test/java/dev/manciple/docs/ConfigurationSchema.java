package dev.manciple.docs;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.plugin.Plugins;
import dev.manciple.registry.FileRegistryPlugin;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The published JSON Schema of {@code feature_store.yaml}: what the loader checks itself, and below each section the keys of the
 * store its type names, from the record that store binds. Types of plug-ins that are not ours are left open.
 */
final class ConfigurationSchema {
    private static final String LOADERS = "feature_store.schema.json";
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** A store's type in a section, and the record its options become. */
    private record Store(Described.Side side, String type, Set<String> aliases, Class<? extends Record> config) {
        List<String> spellings() {
            return Stream.concat(Stream.of(type), aliases.stream().sorted()).toList();
        }
    }

    private ConfigurationSchema() {}

    static String text() {
        Map<String, Object> schema = loaders();
        List<Object> rules = new ArrayList<>();
        List<Store> stores = stores();
        for (Described.Side side : Described.Side.values()) {
            List<Store> those =
                    stores.stream().filter(store -> store.side() == side).toList();
            rules.add(offered(side, those));
            those.forEach(store -> rules.add(rule(store)));
        }
        schema.put("allOf", rules);
        return MAPPER.writeValueAsString(schema) + "\n";
    }

    private static Map<String, Object> loaders() {
        try (InputStream file =
                Objects.requireNonNull(RepoConfig.class.getResourceAsStream(LOADERS), "the schema of the loader")) {
            return MAPPER.readValue(file, new TypeReference<LinkedHashMap<String, Object>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Store> stores() {
        Plugins plugins = Plugins.load(ConfigurationSchema.class.getClassLoader(), List.of(new FileRegistryPlugin()));
        List<Store> stores = new ArrayList<>();
        for (Plugin plugin : plugins.all()) {
            plugin.offlineStores()
                    .forEach(factory -> stores.add(new Store(
                            Described.Side.OFFLINE, factory.type(), factory.aliases(), factory.configType())));
            plugin.onlineStores()
                    .forEach(factory -> stores.add(
                            new Store(Described.Side.ONLINE, factory.type(), factory.aliases(), factory.configType())));
            plugin.registries()
                    .forEach(factory -> stores.add(new Store(
                            Described.Side.REGISTRY, factory.type(), factory.aliases(), factory.configType())));
        }
        stores.sort((one, other) -> one.type().compareTo(other.type()));
        return stores;
    }

    /** For completion only: any other text may be the name of somebody's own store. */
    private static Map<String, Object> offered(Described.Side side, List<Store> stores) {
        List<String> types = stores.stream().map(Store::type).toList();
        Object type = Map.of("anyOf", List.of(Map.of("enum", types), Map.of("type", "string")));
        return within(side, Map.of("properties", Map.of(side.typeKey, type)));
    }

    private static Map<String, Object> within(Described.Side side, Object section) {
        return Map.of("properties", Map.of(side.section, section));
    }

    private static Map<String, Object> rule(Store store) {
        Described.Side side = store.side();
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("type", "object");
        Map<String, Object> spelled = new LinkedHashMap<>();
        spelled.put(side.typeKey, Map.of("enum", store.spellings()));
        if (side == Described.Side.REGISTRY && store.type().equals("file")) {
            // A registry is a file where it does not say what it is, and may say it by the other key.
            spelled.put("type", Map.of("enum", store.spellings()));
        } else {
            named.put("required", List.of(side.typeKey));
        }
        named.put("properties", spelled);
        Map<String, Object> when = new LinkedHashMap<>(within(side, named));
        when.put("required", List.of(side.section));
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(side.typeKey, true);
        if (side == Described.Side.REGISTRY) {
            keys.put("type", true);
        }
        keys.putAll(properties(store.config()));
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("properties", keys);
        section.put("additionalProperties", false);
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("if", when);
        rule.put("then", within(side, section));
        return rule;
    }

    private static Map<String, Object> properties(Class<? extends Record> record) {
        List<String> keys = ConfigBinder.keys(record);
        RecordComponent[] components = record.getRecordComponents();
        Map<String, Object> properties = new LinkedHashMap<>();
        for (int i = 0; i < components.length; i++) {
            properties.put(keys.get(i), value(components[i].getGenericType()));
        }
        return properties;
    }

    /** Text fits everywhere, as that of an environment variable; nothing at all is the default. */
    private static Object value(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return value(of[0]);
            }
            return generic.getRawType() == Map.class
                    ? typed("object", "additionalProperties", value(of[1]))
                    : typed("array", "items", value(of[0]));
        }
        return type instanceof Class<?> plain ? plain(plain) : true;
    }

    private static Object plain(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return Map.of("type", List.of("boolean", "string", "null"));
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return Map.of("type", List.of("number", "string", "null"));
        }
        if (type == StoreConfig.class) {
            return typed("object", "required", List.of("type"));
        }
        if (type.isEnum()) {
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .toList();
            return Map.of("anyOf", List.of(Map.of("enum", names), Map.of("type", List.of("string", "null"))));
        }
        if (type.isRecord() && type != Secret.class) {
            Map<String, Object> block = typed("object", "properties", properties(type.asSubclass(Record.class)));
            block.put("additionalProperties", false);
            return block;
        }
        return type.isSealed() ? true : Map.of("type", List.of("string", "number", "boolean", "null"));
    }

    private static Map<String, Object> typed(String type, String keyword, Object value) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", List.of(type, "string", "null"));
        schema.put(keyword, value);
        return schema;
    }
}
