// Trees of boxes, and where the boxes go.
//
// A tree has parallel arrays over its nodes: the parent, the function, and for each
// profile the weight with and without callees. Node 0 is the whole; parents precede
// their children.

const ROOT = 0;

function finishTree(parent, functionOf, own) {
  const total = own.map((weights) => {
    const sums = Float64Array.from(weights);
    for (let node = sums.length - 1; node > ROOT; node -= 1) sums[parent[node]] += sums[node];
    return sums;
  });
  return { parent, functionOf, own, total };
}

// The tree of calls: each node is a stack, its children are what it calls.
function callTree(data, selections) {
  const n = data.caller.length + 1;
  const parent = new Int32Array(n).fill(-1);
  const functionOf = new Int32Array(n).fill(-1);
  for (let node = 1; node < n; node += 1) {
    parent[node] = data.caller[node - 1] + 1;
    functionOf[node] = data.functionOf[node - 1];
  }
  const own = selections.map((selection) => {
    const weights = new Float64Array(n);
    weights.set(selection.own, 1);
    return weights;
  });
  return finishTree(parent, functionOf, own);
}

// The tree from the leaves: below the whole are the functions that were running, below
// each are its callers. A node's own weight is that of the stacks that begin there.
//
// Level by level, the stacks of a node are sorted into its children, one for each
// function; no hashing, so that millions of nodes take a fraction of a second.
function invertedTree(data, selections) {
  const heavy = [];
  let bound = 1;
  for (let stack = 0; stack < data.caller.length; stack += 1) {
    if (!selections.some((selection) => selection.own[stack] > 0)) continue;
    heavy.push(stack);
    for (let at = stack; at >= 0; at = data.caller[at]) bound += 1;
  }
  const parent = new Int32Array(bound).fill(-1);
  const functionOf = new Int32Array(bound).fill(-1);
  const own = selections.map(() => new Float64Array(bound));
  let leaves = Int32Array.from(heavy);
  let current = Int32Array.from(heavy);
  // The nodes of the level are `first` to `last`; node `first + i` has the stacks from
  // `bounds[i]` up to `bounds[i + 1]`.
  let [first, last] = [ROOT, ROOT];
  let bounds = [0, leaves.length];
  let count = 1;
  const childOf = new Int32Array(data.names.length);
  const stamp = new Int32Array(data.names.length).fill(-1);
  while (current.length > 0) {
    const base = count;
    // A level has no more nodes than stacks; `starts` first counts, then adds up.
    const starts = new Int32Array(current.length + 1);
    for (let node = first; node <= last; node += 1) {
      for (let i = bounds[node - first]; i < bounds[node - first + 1]; i += 1) {
        const f = data.functionOf[current[i]];
        if (stamp[f] !== node) {
          stamp[f] = node;
          childOf[f] = count;
          parent[count] = node;
          functionOf[count] = f;
          count += 1;
        }
        if (data.caller[current[i]] >= 0) starts[childOf[f] - base + 1] += 1;
        else for (let p = 0; p < own.length; p += 1) own[p][childOf[f]] += selections[p].own[leaves[i]];
      }
    }
    for (let child = 0; child < count - base; child += 1) starts[child + 1] += starts[child];
    const next = new Int32Array(starts[count - base]);
    const nextLeaves = new Int32Array(next.length);
    const cursor = starts.slice();
    // The second pass knows the children of a node by counting through them.
    for (let node = first, child = base; node <= last; node += 1) {
      for (; child < count && parent[child] === node; child += 1) childOf[functionOf[child]] = child;
      for (let i = bounds[node - first]; i < bounds[node - first + 1]; i += 1) {
        const caller = data.caller[current[i]];
        if (caller < 0) continue;
        const at = cursor[childOf[data.functionOf[current[i]]] - base]++;
        next[at] = caller;
        nextLeaves[at] = leaves[i];
      }
    }
    [first, last, bounds, current, leaves] = [base, count - 1, starts, next, nextLeaves];
  }
  return finishTree(
    parent.subarray(0, count),
    functionOf.subarray(0, count),
    own.map((weights) => weights.subarray(0, count)),
  );
}

// The tree of one thread in time: neighbours share a node as long as they share callers.
// `times` holds for each sample where it begins in the sum of weights, and its time.
function timeTree(data, timeline, thread) {
  const [parent, functionOf, own] = [[-1], [-1], [0]];
  const times = { position: [], at: [] };
  let [at, sum] = [0, 0];
  let open = [];
  for (let i = 0; i < timeline.stack.length; i += 1) {
    at += timeline.step[i];
    if (thread !== ALL_THREADS && timeline.thread[i] !== thread) continue;
    times.position.push(sum);
    times.at.push(at);
    sum += timeline.weight[i];
    const path = [];
    for (let stack = timeline.stack[i]; stack >= 0; stack = data.caller[stack]) path.push(stack);
    path.reverse();
    let shared = 0;
    while (shared < path.length && shared < open.length && open[shared].stack === path[shared]) shared += 1;
    open = open.slice(0, shared);
    for (const stack of path.slice(shared)) {
      parent.push(open.length ? open[open.length - 1].node : ROOT);
      functionOf.push(data.functionOf[stack]);
      own.push(0);
      open.push({ stack, node: parent.length - 1 });
    }
    own[open[open.length - 1].node] += timeline.weight[i];
  }
  const tree = finishTree(Int32Array.from(parent), Int32Array.from(functionOf), [Float64Array.from(own)]);
  return { ...tree, times };
}

// Sorts a part of an array. Most parts are a handful of siblings, for which insertion is
// quicker than asking for a view and a sort.
function sortPart(list, from, to, compare) {
  if (to - from > 24) {
    list.subarray(from, to).sort(compare);
    return;
  }
  for (let i = from + 1; i < to; i += 1) {
    const item = list[i];
    let at = i;
    for (; at > from && compare(list[at - 1], item) > 0; at -= 1) list[at] = list[at - 1];
    list[at] = item;
  }
}

// Gives every node with a weight its place, a level a row and in it from left to right.
//
// Place k holds `node[k]`, and for each profile the part of all weights from `start[k]`
// to `end[k]`. The places of depth d are `levels[d]` up to `levels[d + 1]`, in order of
// both ends, so that what is visible is found by bisection.
function layOut(tree, order) {
  const { parent, functionOf, total } = tree;
  const n = parent.length;
  const share = new Float64Array(n);
  total.forEach((weights) => {
    for (let node = 0; node < n; node += 1) share[node] += weights[node] / (weights[ROOT] || 1);
  });
  const firstChild = new Int32Array(n + 1);
  for (let node = 1; node < n; node += 1) firstChild[parent[node] + 1] += 1;
  for (let node = 0; node < n; node += 1) firstChild[node + 1] += firstChild[node];
  const cursor = firstChild.slice(0, n);
  const children = new Int32Array(Math.max(n - 1, 0));
  for (let node = 1; node < n; node += 1) children[cursor[parent[node]]++] = node;
  const byName = (a, b) => functionOf[a] - functionOf[b];
  const compare = { heavy: (a, b) => share[b] - share[a] || byName(a, b), name: byName }[order];

  const node = new Int32Array(n);
  const place = new Int32Array(n).fill(-1);
  const start = total.map(() => new Float64Array(n));
  const end = total.map(() => new Float64Array(n));
  total.forEach((weights, p) => { end[p][0] = weights[ROOT]; });
  place[ROOT] = 0;
  const levels = [0];
  let count = 1;
  for (let k = 0; k < count;) {
    const next = count;
    levels.push(next);
    for (; k < next; k += 1) {
      const [from, to] = [firstChild[node[k]], firstChild[node[k] + 1]];
      if (compare && to - from > 1) sortPart(children, from, to, compare);
      const begin = count;
      for (let i = from; i < to; i += 1) {
        if (share[children[i]] === 0) continue;
        node[count] = children[i];
        place[children[i]] = count;
        count += 1;
      }
      for (let p = 0; p < total.length; p += 1) {
        let x = start[p][k];
        for (let at = begin; at < count; at += 1) {
          start[p][at] = x;
          x += total[p][node[at]];
          end[p][at] = x;
        }
      }
    }
  }
  return { tree, node: node.subarray(0, count), place, start, end, levels, count };
}

// Returns the first place from `low` up to `high` that ends after `x`; `high` if none.
function firstEndingAfter(ends, x, low, high) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Returns the depth of a place.
function depthOf(layout, k) {
  return firstEndingAfter(layout.levels, k, 0, layout.levels.length) - 1;
}

// Returns the place of a place's parent; -1 for the whole.
const parentPlace = (layout, k) => (k > 0 ? layout.place[layout.tree.parent[layout.node[k]]] : -1);

// Returns the places from the whole down to a place.
function pathTo(layout, k) {
  const path = [];
  for (let at = k; at >= 0; at = parentPlace(layout, at)) path.push(at);
  return path.reverse();
}
