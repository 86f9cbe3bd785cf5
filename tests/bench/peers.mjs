// SPDX-License-Identifier: Apache-2.0
// The decision of decisions_bench.cpp by casbin, CASL and Cedar: may two labels that have no type in common share?
//   node peers.mjs FOLDER ROUNDS      FOLDER has their node_modules; prints {"PEER/TYPES": [nanoseconds a decision, …]}
// casbin and CASL are JavaScript, and called from it. Cedar is WebAssembly: each question and answer of its crosses over
// as JSON, and the policies were handed over and parsed before.
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { join, resolve } from 'node:path'

const [folder, rounds] = process.argv.slice(2)
const load = createRequire(join(resolve(folder), 'package.json'))
const SIZES = [16, 256, 1024]
const LABELS = [0, 3] // as in decisions_bench.cpp: four types in a row each, none in common

const typesOf = (label, types) => [0, 1, 2, 3].map(k => `t${(4 * label + k) % types}`)
const eachLabel = (types, visit) => Array.from({ length: types }, (_, label) => visit(label, typesOf(label, types))).flat()

// A label has the roles of its types, and each type is a thing that its role may use: whether two share is whether the
// one may use a type of the other's.
async function casbin(types) {
  const { newEnforcer, newModelFromString } = load('casbin')
  const model = newModelFromString(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && g2(r.obj, p.obj) && r.act == p.act`)
  const enforcer = await newEnforcer(model)
  await enforcer.addPolicies(Array.from({ length: types }, (_, i) => [`type:t${i}`, `type:t${i}`, 'share']))
  await enforcer.addGroupingPolicies(eachLabel(types, (label, own) => own.map(type => [`l${label}`, `type:${type}`])))
  await enforcer.addNamedGroupingPolicies('g2', eachLabel(types, (label, own) => own.map(type => [`l${label}`, `type:${type}`])))
  return (a, b) => enforcer.enforceSync(`l${a}`, `l${b}`, 'share')
}

// An ability is made for each label, and kept.
async function casl(types) {
  const { createMongoAbility, subject } = load('@casl/ability')
  const abilities = eachLabel(types, (_, own) => createMongoAbility([{ action: 'share', subject: 'Domain', conditions: { types: { $in: own } } }]))
  const domains = eachLabel(types, (_, own) => subject('Domain', { types: own }))
  return (a, b) => abilities[a].can('share', domains[b])
}

async function cedar(types) {
  const { preparsePolicySet, statefulIsAuthorized } = load('@cedar-policy/cedar-wasm/nodejs')
  const policies = 'permit(principal, action == Action::"share", resource) when { principal.types.containsAny(resource.types) };'
  const parsed = preparsePolicySet(`sharing${types}`, { staticPolicies: policies })
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed))
  const uid = label => ({ type: 'Domain', id: `l${label}` })
  const entity = label => ({ uid: uid(label), attrs: { types: typesOf(label, types) }, parents: [] })
  return (a, b) => {
    const answer = statefulIsAuthorized({
      principal: uid(a), action: { type: 'Action', id: 'share' }, resource: uid(b), context: {},
      preparsedPolicySetId: `sharing${types}`, entities: [entity(a), entity(b)],
      preparsedSchemaName: null, validateRequest: false
    })
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer))
    return answer.response.decision === 'allow'
  }
}

// As often as fits into a tenth of a second.
function nanoseconds(decide) {
  const begun = performance.now()
  let done = 0
  do {
    for (let i = 0; i < 5; ++i) decide(...LABELS)
    done += 5
  } while (performance.now() - begun < 100)
  return (performance.now() - begun) * 1e6 / done
}

const peers = {}
for (const [name, make] of Object.entries({ casbin, casl, cedar })) {
  for (const types of SIZES) {
    const decide = await make(types)
    if (decide(...LABELS) || !decide(0, 0)) throw new Error(`${name} decides otherwise`)
    peers[`${name}/${types}`] = decide
  }
}
for (const decide of Object.values(peers)) nanoseconds(decide) // until the compiler has done with it
const times = Object.fromEntries(Object.keys(peers).map(name => [name, []]))
for (let round = 0; round < Number(rounds); ++round) {
  for (const [name, decide] of Object.entries(peers)) times[name].push(nanoseconds(decide))
}
console.log(JSON.stringify(times))
