package dev.manciple.repo;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import org.jspecify.annotations.Nullable;

/** Keeps what the compiler writes in memory, and loads it. */
final class CompiledClasses extends ForwardingJavaFileManager<StandardJavaFileManager> {
    /** @param source the file the class was written in */
    record Loaded(Class<?> type, Path source) {}

    private final StandardJavaFileManager files;
    private final ClassLoader parent;
    private final Map<String, Output> outputs = new LinkedHashMap<>();
    private final Map<String, Path> sources = new LinkedHashMap<>();

    CompiledClasses(StandardJavaFileManager files, ClassLoader parent) {
        super(files);
        this.files = files;
        this.parent = parent;
    }

    Iterable<? extends JavaFileObject> sources(List<Path> paths) {
        return files.getJavaFileObjectsFromPaths(paths);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
            JavaFileManager.Location location,
            String className,
            JavaFileObject.Kind kind,
            @Nullable FileObject sibling) {
        Output output = new Output(className, kind);
        outputs.put(className, output);
        if (sibling != null) {
            sources.put(className, Path.of(sibling.toUri()));
        }
        return output;
    }

    /** The classes with the file each comes from; they live as long as somebody holds one. */
    List<Loaded> load() {
        Map<String, byte[]> bytes = new HashMap<>();
        outputs.forEach((name, output) -> bytes.put(name, output.bytes.toByteArray()));
        MemoryLoader loader = new MemoryLoader(bytes, parent);
        List<Loaded> loaded = new ArrayList<>();
        sources.forEach((name, source) -> loaded.add(new Loaded(loader.type(name), source)));
        return loaded;
    }

    private static final class Output extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Output(String className, Kind kind) {
            super(URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    private static final class MemoryLoader extends ClassLoader {
        private final Map<String, byte[]> classes;

        MemoryLoader(Map<String, byte[]> classes, ClassLoader parent) {
            super(parent);
            this.classes = Map.copyOf(classes);
        }

        Class<?> type(String name) {
            try {
                return Class.forName(name, false, this);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("The compiler wrote " + name + " and it is not there", e);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
