// The tables that the page carries, and what is counted from them.

const ALL_THREADS = -1;

// A profile's functions, stacks and samples. Stacks are in the order of a walk from the
// root, so a caller precedes what it calls, and what it calls follows it directly.
class Data {
  constructor(tables) {
    this.title = tables.title;
    this.names = tables.functions.name;
    this.modules = tables.functions.module.map((at) => tables.modules[at] ?? "");
    this.files = tables.functions.file.map((at) => tables.files[at] ?? "");
    this.caller = new Int32Array(tables.stacks.back).map((back, stack) => (back > 0 ? stack - back : -1));
    this.functionOf = new Int32Array(tables.stacks.function);
    this.profiles = tables.profiles;
    this.threads = tables.threads;
    this.isComparison = tables.profiles.length > 1;
    // In a comparison: how the share of each function changed, all threads together.
    this.changes = tables.functions.change?.map((value, f) => ({ value, p: tables.functions.p[f] }));
    this.outermost = this.findOutermost();
  }

  // Marks the stacks whose leaf is not also one of its own callers, so that a function
  // that calls itself is counted once.
  findOutermost() {
    const { caller, functionOf } = this;
    const outermost = new Uint8Array(caller.length);
    const active = new Int32Array(this.names.length);
    const open = [];
    for (let stack = 0; stack < caller.length; stack += 1) {
      while (open.length && open[open.length - 1] !== caller[stack]) active[functionOf[open.pop()]] -= 1;
      outermost[stack] = active[functionOf[stack]] === 0 ? 1 : 0;
      active[functionOf[stack]] += 1;
      open.push(stack);
    }
    return outermost;
  }

  // Returns what each stack weighs itself, without its callees, on one thread or all.
  ownWeights(at, thread) {
    const { samples } = this.profiles[at];
    const own = new Float64Array(this.caller.length);
    for (let i = 0; i < samples.stack.length; i += 1) {
      if (thread === ALL_THREADS || samples.thread[i] === thread) own[samples.stack[i]] += samples.weight[i];
    }
    return own;
  }

  // Tells on which threads there are samples, with their weight over all profiles.
  threadWeights() {
    const weights = new Float64Array(this.threads.length);
    for (const { samples } of this.profiles) {
      samples.thread.forEach((thread, i) => { weights[thread] += samples.weight[i]; });
    }
    return weights;
  }

  // Returns the weights of one selection: of each stack, of each function, and of all.
  select(at, thread) {
    const own = this.ownWeights(at, thread);
    const below = Float64Array.from(own);
    for (let stack = below.length - 1; stack >= 0; stack -= 1) {
      if (this.caller[stack] >= 0) below[this.caller[stack]] += below[stack];
    }
    const self = new Float64Array(this.names.length);
    const total = new Float64Array(this.names.length);
    let all = 0;
    for (let stack = 0; stack < own.length; stack += 1) {
      self[this.functionOf[stack]] += own[stack];
      if (this.outermost[stack]) total[this.functionOf[stack]] += below[stack];
      all += own[stack];
    }
    // Where weights are not samples, the observations behind a part of them are not known
    // apart; the part is taken to have its share.
    const { unit, observations, weight } = this.profiles[at];
    const n = unit === "samples" ? all : weight > 0 ? (observations * all) / weight : 0;
    const share = (part) => wilson(all > 0 ? part / all : 0, n);
    return { own, self, total, all, n, share, unit };
  }

  // Returns the weight of the samples with a matching function anywhere in their stack.
  matchedWeight(own, matches) {
    const hit = new Uint8Array(own.length);
    let sum = 0;
    for (let stack = 0; stack < own.length; stack += 1) {
      const caller = this.caller[stack];
      hit[stack] = matches[this.functionOf[stack]] || (caller >= 0 && hit[caller]) ? 1 : 0;
      if (hit[stack]) sum += own[stack];
    }
    return sum;
  }
}
