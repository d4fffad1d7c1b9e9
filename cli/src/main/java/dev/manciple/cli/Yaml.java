package dev.manciple.cli;

import org.yaml.snakeyaml.DumperOptions;
import tools.jackson.databind.json.JsonMapper;

/** JSON text as YAML, which people read more easily. */
final class Yaml {
    private static final int WIDTH = 120;

    private Yaml() {}

    static String of(String json) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setWidth(WIDTH);
        Object tree = JsonMapper.shared().readValue(json, Object.class);
        return new org.yaml.snakeyaml.Yaml(options).dump(tree);
    }
}
