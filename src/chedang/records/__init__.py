"""维修记录: one settled repair job, its versions, the rules that judge it, and its store.

Not the vehicle's file (``vehicles`` derives that) and not the upload conversation (``intake``). The same at both
levels; on a ministry node records also arrive through the exchange.
"""
