package dev.manciple.repo;

import dev.manciple.model.Definition;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.FeatureRepository;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * Finds what a repository has in Java: the classes of its {@code .java} files, compiled in memory with the class path of this
 * process, and compiled ones by name. What is wrong is noted and left out.
 */
final class JavaDefinitions {
    /** @param at the file, or the place of the name */
    record Repository(List<Definition> definitions, Position at) {}

    private final Path root;
    private final ClassLoader parent;
    private final Problems problems;

    JavaDefinitions(Path root, ClassLoader parent, Problems problems) {
        this.root = root;
        this.parent = parent;
        this.problems = problems;
    }

    /**
     * Compiles the files that speak of one of {@code contracts}, with what they use.
     *
     * @return the classes, none of them initialized
     */
    List<CompiledClasses.Loaded> compile(List<Path> files, List<Class<?>> contracts) {
        List<Path> sources =
                files.stream().filter(file -> speaksOf(contracts, file)).toList();
        if (sources.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            sources.forEach(
                    source -> problems.add(
                            at(source),
                            "Java definitions need a JDK, this is a Java runtime without a compiler: run with a JDK, or compile the class and name it under 'definitions' in feature_store.yaml"));
            return List.of();
        }
        return compile(compiler, sources);
    }

    private List<CompiledClasses.Loaded> compile(JavaCompiler compiler, List<Path> sources) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (CompiledClasses compiled =
                new CompiledClasses(compiler.getStandardFileManager(diagnostics, Locale.ROOT, null), parent)) {
            List<String> options = List.of(
                    "-proc:none", "-classpath", System.getProperty("java.class.path"), "-sourcepath", root.toString());
            boolean good = compiler.getTask(null, compiled, diagnostics, options, null, compiled.sources(sources))
                    .call();
            if (!good) {
                diagnostics.getDiagnostics().stream()
                        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                        .forEach(this::refuse);
                return List.of();
            }
            return compiled.load();
        } catch (IOException e) {
            problems.add(new Position(root.toString(), 0), "Java definitions cannot be compiled: " + e);
            return List.of();
        }
    }

    private void refuse(Diagnostic<? extends JavaFileObject> diagnostic) {
        JavaFileObject source = diagnostic.getSource();
        Position at = source == null
                ? new Position("Java definitions", 0)
                : new Position(Definitions.relative(root, Path.of(source.toUri())), (int) diagnostic.getLineNumber());
        problems.add(at, diagnostic.getMessage(Locale.ROOT));
    }

    /** Asks the repositories among compiled classes what they define. */
    List<Repository> repositories(List<CompiledClasses.Loaded> compiled) {
        return made(compiled, FeatureRepository.class)
                .flatMap(made -> definitions(made.it(), made.at()).stream())
                .toList();
    }

    /** The functions among compiled classes. */
    List<FeatureFunction> functions(List<CompiledClasses.Loaded> compiled) {
        return made(compiled, FeatureFunction.class).map(Made::it).toList();
    }

    private record Made<T>(T it, Position at) {}

    private <T> Stream<Made<T>> made(List<CompiledClasses.Loaded> compiled, Class<T> contract) {
        return compiled.stream()
                .filter(loaded -> contract.isAssignableFrom(loaded.type())
                        && !Modifier.isAbstract(loaded.type().getModifiers()))
                .flatMap(loaded -> make(loaded.type(), contract, at(loaded.source())).stream());
    }

    /** Asks compiled classes by name. */
    List<Repository> named(List<String> classNames, String configFile) {
        Position at = new Position(configFile, 0);
        return classNames.stream()
                .flatMap(className -> type(className, at).stream())
                .flatMap(type -> make(type, FeatureRepository.class, at).stream())
                .flatMap(made -> definitions(made.it(), at).stream())
                .toList();
    }

    private Optional<Class<?>> type(String className, Position at) {
        try {
            Class<?> type = Class.forName(className, false, parent);
            if (FeatureRepository.class.isAssignableFrom(type)) {
                return Optional.of(type);
            }
            problems.add(at, "definitions: class '%s' does not implement FeatureRepository".formatted(className));
        } catch (ClassNotFoundException | LinkageError e) {
            problems.add(
                    at,
                    "definitions: class '%s' is not on the class path, or something it needs is not (%s)"
                            .formatted(className, e));
        }
        return Optional.empty();
    }

    private <T> Optional<Made<T>> make(Class<?> type, Class<T> contract, Position at) {
        try {
            return Optional.of(new Made<>(contract.cast(type.getConstructor().newInstance()), at));
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            problems.add(
                    at,
                    "class %s must be public with a public constructor without parameters".formatted(type.getName()));
        } catch (InvocationTargetException | LinkageError e) {
            failed(type, at, e.getCause() == null ? e : e.getCause());
        }
        return Optional.empty();
    }

    private Optional<Repository> definitions(FeatureRepository repository, Position at) {
        try {
            return Optional.of(new Repository(List.copyOf(repository.definitions()), at));
        } catch (RuntimeException | LinkageError e) {
            failed(repository.getClass(), at, e);
            return Optional.empty();
        }
    }

    private void failed(Class<?> type, Position at, Throwable cause) {
        problems.add(at, "class %s failed: %s".formatted(type.getName(), cause));
    }

    private boolean speaksOf(List<Class<?>> contracts, Path file) {
        if (!file.getFileName().toString().endsWith(".java")) {
            return false;
        }
        try {
            String text = Files.readString(file);
            return contracts.stream().anyMatch(contract -> text.contains(contract.getSimpleName()));
        } catch (IOException e) {
            problems.add(at(file), "cannot be read: " + e.getMessage());
            return false;
        }
    }

    private Position at(Path file) {
        return new Position(Definitions.relative(root, file), 0);
    }
}
