package dev.manciple.repo;

import dev.manciple.error.ConfigException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.plugin.Plugins;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.FeatureRepository;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a repository defines, in YAML and in Java. Python files are not run.
 *
 * @param all entities, sources (those of views included), views and services
 * @param pythonFiles Python files that may define something, relative to the repository
 * @param places file and line of each definition
 */
public record Definitions(List<Definition> all, List<String> pythonFiles, Map<Place, String> places) {

    /** The key of {@link #places}. */
    public record Place(Definition.Kind kind, String name) {}

    public Definitions {
        all = List.copyOf(all);
        pythonFiles = List.copyOf(pythonFiles);
        places = Map.copyOf(places);
    }

    /** Whether only Python could say what this repository defines, so that nothing may be concluded from what is missing. */
    public boolean pythonOnly() {
        return all.isEmpty() && !pythonFiles.isEmpty();
    }

    /** Where a definition stands, such as {@code features.yaml:12}. */
    public Optional<String> placeOf(Definition definition) {
        return Optional.ofNullable(places.get(new Place(definition.kind(), definition.name())));
    }

    /**
     * Reads the {@code *.yaml} and {@code *.yml} files below the repository, compiles its {@code .java} files that define
     * something, and asks the classes the configuration names.
     *
     * @throws ConfigException with every problem of all files
     */
    public static Definitions load(Path folder, RepoConfig config, Plugins plugins) {
        return load(folder, config.file(), config.definitionClasses(), plugins);
    }

    /**
     * As {@link #load(Path, RepoConfig, Plugins)}, for who cannot read the configuration.
     *
     * @param configFile not read, relative to the folder or absolute
     * @param classes those the configuration would name
     */
    public static Definitions load(Path folder, String configFile, List<String> classes, Plugins plugins) {
        // The compiler names files by their full paths.
        Path root = folder.toAbsolutePath().normalize();
        Problems problems = new Problems();
        Catalog catalog = new Catalog(problems);
        List<Path> files = RepositoryFiles.below(root);
        JavaDefinitions java = new JavaDefinitions(root, plugins.loader(), problems);
        java.repositories(java.compile(files, List.of(FeatureRepository.class)))
                .forEach(repository -> add(repository, catalog));
        java.named(classes, configFile).forEach(repository -> add(repository, catalog));
        DocumentReader reader = new DocumentReader(problems);
        for (Path file : files) {
            if (isYaml(file) && !isConfig(file, root, configFile)) {
                read(root, file, reader, problems);
            }
        }
        new DefinitionBuilder(plugins, problems, catalog).build(reader.pieces());
        addSources(catalog);
        List<String> python = python(root, files);
        new DefinitionRules(catalog, problems).check(python.isEmpty());
        problems.throwWithPlaces("The definitions are wrong");
        return result(catalog, python);
    }

    /**
     * The functions on demand views may name: those of plug-ins, then those of the repository's {@code .java} files.
     *
     * @throws ConfigException if such a file does not compile
     */
    public static List<FeatureFunction> functions(Path folder, Plugins plugins) {
        Path root = folder.toAbsolutePath().normalize();
        Problems problems = new Problems();
        JavaDefinitions java = new JavaDefinitions(root, plugins.loader(), problems);
        List<FeatureFunction> functions = new ArrayList<>();
        plugins.all().forEach(plugin -> functions.addAll(plugin.functions()));
        functions.addAll(java.functions(java.compile(RepositoryFiles.below(root), List.of(FeatureFunction.class))));
        problems.throwWithPlaces("The functions of the repository are wrong");
        return List.copyOf(functions);
    }

    private static Definitions result(Catalog catalog, List<String> python) {
        Map<Place, String> places = new HashMap<>();
        List<Definition> all = new ArrayList<>();
        for (Catalog.Placed placed : catalog.all()) {
            Definition definition = placed.definition();
            all.add(definition);
            places.put(
                    new Place(definition.kind(), definition.name()), placed.at().toString());
        }
        return new Definitions(all, python, places);
    }

    private static List<String> python(Path root, List<Path> files) {
        return files.stream()
                .filter(file ->
                        hasEnding(file, ".py") && !file.getFileName().toString().equals("__init__.py"))
                .map(file -> relative(root, file))
                .toList();
    }

    private static void add(JavaDefinitions.Repository repository, Catalog catalog) {
        repository.definitions().forEach(definition -> catalog.add(definition, repository.at()));
    }

    /** Sources of views need not be listed, but everybody after this wants them in the list. */
    private static void addSources(Catalog catalog) {
        for (Catalog.Placed placed : catalog.all()) {
            switch (placed.definition()) {
                case FeatureView view -> view.source().ifPresent(source -> addSource(source, placed.at(), catalog));
                case OnDemandFeatureView view ->
                    view.requests().forEach(request -> addSource(request, placed.at(), catalog));
                case FeatureService service ->
                    service.logging().ifPresent(logging -> addSource(logging.sink(), placed.at(), catalog));
                case DataSource source -> addSource(source, placed.at(), catalog);
                case Entity entity -> {}
                case Permission permission -> {}
                case Preserved preserved -> {}
            }
        }
    }

    private static void addSource(DataSource source, Position at, Catalog catalog) {
        catalog.addInside(source, at);
        source.batch().ifPresent(batch -> catalog.addInside(batch, at));
    }

    private static void read(Path root, Path file, DocumentReader reader, Problems problems) {
        String name = relative(root, file);
        try {
            YamlReader.read(name, Files.readString(file), Environment.NONE, problems)
                    .forEach(reader::read);
        } catch (CharacterCodingException e) {
            problems.add(new Position(name, 0), "not UTF-8 text");
        } catch (IOException e) {
            problems.add(new Position(name, 0), "cannot be read: " + e.getMessage());
        }
    }

    private static boolean isYaml(Path file) {
        return hasEnding(file, ".yaml") || hasEnding(file, ".yml");
    }

    private static boolean isConfig(Path file, Path root, String configFile) {
        return file.getFileName().toString().equals(RepoConfig.FILE_NAME)
                || root.resolve(configFile).normalize().equals(file.normalize());
    }

    private static boolean hasEnding(Path file, String ending) {
        return file.getFileName().toString().endsWith(ending);
    }

    static String relative(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }
}
