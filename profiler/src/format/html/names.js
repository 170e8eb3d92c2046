// What a function's name tells: a short form that fits into a box, and where it is from.

// The last two parts of a path without type parameters: `<a::Type as b::Trait>::run::<T>`
// becomes `Type::run`. A closure keeps the function that it is in.
function shortName(label) {
  if (label.startsWith("[")) return label;
  const [, name, place] = label.match(/^([^]*?)( \([^()]*:\d+\)| \(line \d+\))?$/);
  if (!name.includes("::")) return label;
  const parts = splitPath(selfTypeFirst(name)).filter((part) => part && !part.startsWith("{impl"));
  const kept = parts.slice(parts.some((part) => part.startsWith("{")) ? -3 : -2);
  return (kept.join("::") || name) + (place ?? "");
}

// Turns `<Type as Trait>::rest` into `Type::rest`, with the type's last part only.
function selfTypeFirst(name) {
  if (!name.startsWith("<")) return name;
  const close = closingBracket(name);
  if (close < 0 || !name.startsWith("::", close + 1)) return name;
  const type = splitPath(name.slice(1, close)).pop() ?? "";
  return type.split(" as ")[0] + name.slice(close + 1);
}

function closingBracket(name) {
  let depth = 0;
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === "<") depth += 1;
    if (name[at] === ">" && name[at - 1] !== "-") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

// Splits at `::` outside brackets, and leaves out what is between angle brackets.
function splitPath(name) {
  const parts = [""];
  let depth = 0;
  for (let at = 0; at < name.length; at += 1) {
    const character = name[at];
    if (character === "<") depth += 1;
    else if (character === ">" && name[at - 1] !== "-") depth -= 1;
    else if (depth > 0) continue;
    else if (name.startsWith(" as ", at)) break;
    else if (character === ":" && name[at + 1] === ":") {
      parts.push("");
      at += 1;
    } else parts[parts.length - 1] += character;
  }
  return parts;
}

const KINDS = ["program", "standard library", "other libraries", "system", "kernel", "unknown"];
const SYSTEM_LIBRARY = /^(lib(c|m|dl|rt|pthread|resolv|util|gcc_s|system_.*)|ld|ld-linux.*|libc-.*|libpthread-.*)\.(so|dylib)|^\[v(dso|syscall)\]/;
const STANDARD = /^(?:[<&*([ ]|mut |const |dyn )*(?:std|core|alloc|proc_macro|hashbrown)::|^(__)?rust_|^std::/;

// A function of Python, with its file and its line: `_retry (retry.py:74)`. What is frozen into
// the interpreter is of its library: `makedirs (<frozen os>:200)`.
const PYTHON = /\((<frozen )?[^()]+:\d+\)$/;

// Tells where a function is from. Where no module is known, a name without a path in a
// profile of names with paths (`stat` among `app::run`) is taken for the system's.
function kindOf(name, knownModule, hasPaths) {
  // An address without a name says in which module it is: `[libc.so.6+0x271d0]`.
  const module = knownModule || (/^\[(.+)\+0x[0-9a-f]+\]$/.exec(name)?.[1] ?? "");
  if (/^\[(kernel|k)\b|^\[guest\.kernel/.test(module) || /_\[k\]$/.test(name)) return "kernel";
  const python = PYTHON.exec(name);
  if (python) return python[1] ? "standard library" : "program";
  if (STANDARD.test(name)) return "standard library";
  if (SYSTEM_LIBRARY.test(module)) return "system";
  if (/\.(so|dylib|dll)\b/i.test(module)) return "other libraries";
  if (/^\[|^0x[0-9a-f]+$/.test(name)) return "unknown";
  if (!module && hasPaths && !name.includes("::") && name !== "main" && name !== "_start") return "system";
  return "program";
}

// Names the crate or namespace of a function, or else the library that holds it.
function originOf(name, module) {
  const path = /^(?:[<&*([ ]|mut |const |dyn )*([A-Za-z_$][\w$]*)::/.exec(name);
  if (path) return path[1];
  return module || (name.startsWith("[") ? "unknown" : "no path");
}
