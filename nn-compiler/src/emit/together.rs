//! The code of `predict` where weights are many: samples side by side, so that a weight is read once for all of them.
//!
//! Between the layers that take all samples at once, each sample runs alone, in the one workspace, which stays near the
//! core. What it leaves for such a layer, or for what comes behind one, is kept in memory of its own.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use nn_graph::plan::{Place, Region, Step};

use super::infer::{call, ends, memory, source, target, variable};
use super::ops::{Rows, batch};
use super::{Context, tables};

/// What the expansion has for samples side by side.
pub struct Together {
    /// The structs that say where the kept regions of a sample lie.
    pub kept: TokenStream,
    /// `TOGETHER` and `forward_together`.
    pub items: TokenStream,
}

/// `None` where it would be no faster than sample by sample.
pub fn generate(cx: &Context<'_>) -> Option<Together> {
    let stages = Stages::of(cx);
    let simple = cx.program.states.is_empty() && cx.program.masks.iter().all(Option::is_none);
    if !simple || !stages.list.iter().any(|stage| stage.across) {
        return None;
    }
    let kept = stages.kept_regions();
    let [sample, owner] = names(cx);
    let (layout, ranges) = (tables::layout(cx, &kept), tables::ranges(cx, &quote!(#sample), &kept));
    let weights =
        cx.program.steps.iter().filter_map(|step| step.wide(&cx.program.graph)).map(|weights| cx.size(&weights));
    let body = (0..stages.list.len()).map(|index| stages.code(index));
    let (input, output, workspace, dtype) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"), &cx.dtype);
    let items = quote! {
        const TOGETHER: usize = rt::shape::together(&[#(#weights),*], #sample::LAYOUT.len * ::core::mem::size_of::<#dtype>());

        rt::if_alloc! {
            #[inline(always)]
            fn forward_together<S: rt::Simd>(
                &self,
                simd: S,
                xs: &[&#input],
                workspace: &mut #workspace,
                [kept, scratch]: &mut [rt::alloc::vec::Vec<#dtype>; 2],
                ys: &mut [#output],
            ) {
                #(#body)*
            }
        }
    };
    Some(Together {
        kept: quote!(struct #sample; impl #sample { #layout } struct #owner; impl #owner { #ranges }),
        items,
    })
}

/// `LeNetSample`, which has the layout of what a sample keeps, and `LeNetKept` with the regions: a region may be called
/// `LAYOUT`, so it is not one struct.
fn names(cx: &Context<'_>) -> [Ident; 2] {
    [cx.named("Sample"), cx.named("Kept")]
}

/// Some steps in a row.
#[derive(Clone, Copy)]
struct Stage<'a> {
    steps: &'a [Step],
    /// Whether it is one step, which takes all samples at once.
    across: bool,
}

struct Stages<'a> {
    cx: &'a Context<'a>,
    list: Vec<Stage<'a>>,
    /// For each region of the workspace, the first and the last stage that touches it, parts of it included.
    spans: Vec<Option<[usize; 2]>>,
}

impl<'a> Stages<'a> {
    fn of(cx: &'a Context<'a>) -> Self {
        let across = |step: &Step| step.wide(&cx.program.graph).is_some();
        let mut list = Vec::new();
        let mut rest = &cx.program.steps[..];
        while let Some(first) = rest.first() {
            let alone = rest.iter().take_while(|step| !across(step)).count();
            let (steps, behind) = rest.split_at(alone.max(1));
            list.push(Stage { steps, across: across(first) });
            rest = behind;
        }
        let mut stages = Stages { cx, list, spans: vec![None; cx.program.regions.len()] };
        for index in 0..stages.list.len() {
            for region in stages.touched(index) {
                stages.spans[region].get_or_insert([index, index])[1] = index;
            }
        }
        stages
    }

    /// The regions that a stage reads or writes.
    fn touched(&self, stage: usize) -> Vec<usize> {
        let Stage { steps, across } = self.list[stage];
        // What all samples share is elsewhere.
        let shared = |region: &usize| across && steps.iter().any(|step| step.fold == Some(*region));
        let regions = steps.iter().flat_map(Step::regions).filter(|region| !shared(region));
        regions.map(|region| self.whole(region)).collect()
    }

    /// The region that this one is a part of, or itself.
    fn whole(&self, region: usize) -> usize {
        self.cx.program.regions[region].within.as_ref().map_or(region, |(whole, _)| self.whole(*whole))
    }

    /// Whether a region is needed by stages apart, or by all samples at once.
    fn is_kept(&self, region: usize) -> bool {
        self.spans[self.whole(region)].is_some_and(|[first, last]| first < last || self.list[first].across)
    }

    /// The kept regions and their parts, as the regions of a layout of their own.
    fn kept_regions(&self) -> Vec<Region> {
        let regions = &self.cx.program.regions;
        let kept: Vec<usize> = (0..regions.len()).filter(|region| self.is_kept(*region)).collect();
        let place = |region: usize| kept.iter().take_while(|other| **other != region).count();
        let entry = |&region: &usize| {
            let within = regions[region].within.as_ref().map(|(whole, at)| (place(*whole), at.clone()));
            Region { within, ..regions[region].clone() }
        };
        kept.iter().map(entry).collect()
    }

    fn code(&self, index: usize) -> TokenStream {
        match self.list[index].steps {
            [step] if self.list[index].across => self.side_by_side(step).unwrap_or_default(),
            steps => self.one_by_one(index, steps),
        }
    }

    /// Steps that every sample takes alone, between what it kept and what it will.
    fn one_by_one(&self, index: usize, steps: &[Step]) -> TokenStream {
        let cx = self.cx;
        let (ends, memory, state) = (ends(cx), memory(cx), cx.named("State"));
        let calls = steps.iter().map(|step| call(cx, step, &state));
        let touched = self.touched(index);
        let ([sample, owner], regions) = (names(cx), cx.named("Regions"));
        let names = |wanted: &dyn Fn([usize; 2]) -> bool| -> Vec<Ident> {
            let wanted = |region: &usize| touched.contains(region) && self.spans[*region].is_some_and(wanted);
            let wanted = (0..cx.program.regions.len()).filter(wanted);
            wanted.map(|region| cx.ident(&cx.program.regions[region].name)).collect()
        };
        let (before, after) = (names(&|[first, _]| first < index), names(&|[_, last]| last > index));
        quote! {
            for ((x, kept), y) in xs.iter().copied().zip(rt::kept(kept, xs.len(), #sample::LAYOUT.len)).zip(&mut *ys) {
                #ends
                #memory
                #(rt::carry(kept, #owner::#before, memory, #regions::#before);)*
                #(#calls)*
                #(rt::carry(memory, #regions::#after, kept, #owner::#after);)*
            }
        }
    }

    /// A dense layer for all samples at once.
    fn side_by_side(&self, step: &Step) -> Option<TokenStream> {
        let cx = self.cx;
        let (from, to) = (*step.sources.first()?, step.targets.first().copied().flatten()?);
        let regions = [from, to].into_iter().filter_map(|place| match place {
            Place::Region(region) => Some(&cx.program.regions[region]),
            Place::Input(_) | Place::Output(_) | Place::Weight(_) => None,
        });
        let (variables, places): (Vec<Ident>, Vec<Ident>) =
            regions.map(|region| (variable(region), cx.ident(&region.name))).unzip();
        let [sample, owner] = names(cx);
        let split =
            (!places.is_empty()).then(|| quote!(let [#(#variables),*] = rt::regions(kept, [#(#owner::#places),*]);));
        let (ends, x, y) = (ends(cx), source(cx, from), target(cx, to));
        let rows = quote! {
            xs.iter().copied().zip(rt::kept(kept, xs.len(), #sample::LAYOUT.len)).zip(&mut *ys).map(|((x, kept), y)| {
                #ends
                #split
                (&*#x, &mut *#y)
            })
        };
        let node = &cx.program.graph.nodes[step.node?];
        let body = batch(cx, node, &step.epilogue, &Rows { rows, scratch: quote!(scratch) });
        Some(quote!({ #body }))
    }
}
